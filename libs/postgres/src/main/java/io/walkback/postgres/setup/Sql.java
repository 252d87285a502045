package io.walkback.postgres.setup;

/// Texts in statements that take no parameters, such as `ALTER SYSTEM`. Stateless.
final class Sql {
    private Sql() {}

    /// A name, always quoted.
    static String name(String text) {
        return '"' + checked(text).replace("\"", "\"\"") + '"';
    }

    /// A string that means the same whatever `standard_conforming_strings` is.
    static String literal(String text) {
        String quoted = '\'' + checked(text).replace("'", "''").replace("\\", "\\\\") + '\'';
        return text.indexOf('\\') < 0 ? quoted : 'E' + quoted;
    }

    private static String checked(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text in a statement holds no zero byte");
        }
        return text;
    }
}

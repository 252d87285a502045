package io.walkback.domain.operation;

import java.nio.charset.StandardCharsets;

/// What the owner of a database says must be true after every recovery.
///
/// @param name what reports and alarms call it, 1 to 63 characters
/// @param dbname where it is asked, 1 to 63 bytes as PostgreSQL has it
/// @param sql one query of at most [#MOST_CHARACTERS]; it holds if it answers one row whose one column is true
public record Assertion(String name, String dbname, String sql) {
    /// Longer ones belong into a function of the database.
    public static final int MOST_CHARACTERS = 4_000;

    private static final int LONGEST_NAME = 63;

    public Assertion {
        if (name.isBlank() || name.length() > LONGEST_NAME || hasControl(name)) {
            throw new IllegalArgumentException("the name of an assertion has 1 to 63 printable characters");
        }
        if (dbname.isEmpty()
                || dbname.indexOf('\0') >= 0
                || dbname.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw new IllegalArgumentException("assertion '" + name + "' names a dbname of 1 to 63 bytes");
        }
        if (sql.isBlank() || sql.length() > MOST_CHARACTERS || sql.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "assertion '" + name + "' is a query of 1 to " + MOST_CHARACTERS + " characters");
        }
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }
}

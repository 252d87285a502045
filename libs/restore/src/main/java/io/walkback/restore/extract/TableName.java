package io.walkback.restore.extract;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A table and its schema, as the catalog has them.
public record TableName(String schema, String name) {
    private static final String PART = "(\"(?:[^\"\\x00]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
    private static final Pattern WRITTEN = Pattern.compile(PART + "\\." + PART);
    private static final int LONGEST = 63;

    /// Reads what SQL would: `public.orders`, `"two words"."it's"`. Without quotes it is lower case. `REQUEST_INVALID`
    /// for anything else.
    public static TableName parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    "'" + Text.printable(text, 150) + "' is not the name of a schema and a table",
                    "Write public.orders, or \"My Schema\".\"My Table\" with the quotes that SQL wants.");
        }
        return new TableName(part(written.group(1)), part(written.group(2)));
    }

    private static String part(String written) {
        return written.startsWith("\"")
                ? written.substring(1, written.length() - 1).replace("\"\"", "\"")
                : written.toLowerCase(Locale.ROOT);
    }

    /// As SQL writes it, whatever it holds; `pg_dump --table` takes it literally too.
    public String quoted() {
        return quoted(schema) + "." + quoted(name);
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /// The same schema, and a name with `suffix` at its end: cut before it where PostgreSQL would cut it.
    TableName with(String suffix) {
        StringBuilder cut = new StringBuilder(name);
        while ((cut + suffix).getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            cut.setLength(cut.offsetByCodePoints(cut.length(), -1));
        }
        return new TableName(schema, cut + suffix);
    }

    @Override
    public String toString() {
        return Text.printable(quoted(), 200);
    }
}

package io.walkback.domain;

import java.util.regex.Pattern;

/// The name under which a PostgreSQL cluster is protected. It becomes part of object keys, file paths, slot names
/// and topic names, so only lower-case letters, digits, `-` and `_` are allowed, 1 to 40 of them, a letter or
/// digit first.
public record DatabaseId(String value) implements Comparable<DatabaseId> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");

    public DatabaseId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a database is named by 1 to 40 of a-z, 0-9, '-' and '_', the first a letter or digit, not '"
                            + Text.printable(value, 80) + "'");
        }
    }

    /// The physical replication slot of this database. PostgreSQL allows lower-case letters, digits and underscore.
    public String slotName() {
        return "walkback_" + value.replace('-', '_');
    }

    @Override
    public int compareTo(DatabaseId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

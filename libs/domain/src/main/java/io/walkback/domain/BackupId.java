package io.walkback.domain;

import java.util.regex.Pattern;

/// Names one backup of one database, and equals the id of the operation that makes it, so that a command delivered
/// twice makes one backup (P8). 1 to 64 of letters, digits, `-`, `_` and `.`, a letter or digit first.
public record BackupId(String value) implements Comparable<BackupId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public BackupId {
        if (!FORM.matcher(value).matches() || value.contains("..")) {
            throw new IllegalArgumentException("not a backup id: '" + Text.printable(value, 80) + "'");
        }
    }

    @Override
    public int compareTo(BackupId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.walkback.repository.manifest;

import io.walkback.domain.Text;
import java.nio.charset.StandardCharsets;

/// A path relative to the data directory, as it came from a server: parted by `/`, without empty, `.` or `..`
/// segments and NUL, so that joining it to a directory never leads out of it.
public record EntryPath(String value) implements Comparable<EntryPath> {
    private static final int LONGEST = 4096;

    public EntryPath {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "not a path below a data directory: '" + Text.printable(value, 200) + "'");
        }
    }

    static boolean isValid(String value) {
        if (value.isEmpty() || value.indexOf('\0') >= 0 || value.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            return false;
        }
        for (String segment : value.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compareTo(EntryPath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.walkback.repository.blob;

import io.walkback.domain.Text;
import java.util.regex.Pattern;

/// The name of a blob: 1 to 512 bytes of `A-Z a-z 0-9 . _ -` in segments parted by `/`.
///
/// No segment is empty, longer than 200 bytes, or begins with a dot; so a key is never absolute, never climbs out
/// of its root, and never meets a store's own hidden files.
public record BlobKey(String value) implements Comparable<BlobKey> {
    private static final int LONGEST = 512;
    private static final Pattern FORM =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199})*");

    public BlobKey {
        if (value.length() > LONGEST || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a blob key: '" + Text.printable(value, 120) + "'");
        }
    }

    public static boolean isValid(String value) {
        return value.length() <= LONGEST && FORM.matcher(value).matches();
    }

    /// This key with `/` and one or more further segments.
    public BlobKey child(String segments) {
        return new BlobKey(value + "/" + segments);
    }

    /// The last segment.
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public int compareTo(BlobKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

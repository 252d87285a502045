package io.walkback.repository.seal;

import java.util.HexFormat;
import java.util.regex.Pattern;

/// Names a key-encryption key: 32 lower-case hexadecimal digits. It gives nothing of the key away, and is the last
/// segment of a wrapped key's name.
public record KekId(String hex) {
    public static final int BYTES = 16;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

    public KekId {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("not the id of a key-encryption key: " + hex.length() + " characters");
        }
    }

    /// @param id at least 16 bytes, of which the first 16 count
    public static KekId of(byte[] id) {
        return new KekId(HexFormat.of().formatHex(id, 0, BYTES));
    }

    public static boolean isValid(String hex) {
        return FORM.matcher(hex).matches();
    }

    public byte[] toBytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}

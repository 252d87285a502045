package io.walkback.repository.manifest;

import java.util.HexFormat;
import java.util.regex.Pattern;

/// The SHA-256 of a whole manifest object, 64 lower-case hexadecimal digits: the name by which others know exactly
/// this backup.
public record ManifestDigest(String hex) {
    public static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public ManifestDigest {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a SHA-256 in hexadecimal: " + hex.length() + " characters");
        }
    }

    public static ManifestDigest of(byte[] sha256) {
        return new ManifestDigest(HexFormat.of().formatHex(sha256));
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return "sha256:" + hex;
    }
}

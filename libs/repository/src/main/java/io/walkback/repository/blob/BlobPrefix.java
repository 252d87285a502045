package io.walkback.repository.blob;

/// A place to list: everything, or what lies below a key's `/`. It always ends at a segment border, so that
/// listing `a/b` never returns `a/bc`.
///
/// @param value empty, or a key with a `/` at its end
public record BlobPrefix(String value) {
    /// The whole store.
    public static final BlobPrefix ROOT = new BlobPrefix("");

    public BlobPrefix {
        if (!value.isEmpty() && !(value.endsWith("/") && BlobKey.isValid(value.substring(0, value.length() - 1)))) {
            throw new IllegalArgumentException("not a blob prefix: '" + value + "'");
        }
    }

    public static BlobPrefix below(BlobKey key) {
        return new BlobPrefix(key.value() + "/");
    }

    public BlobKey child(String segments) {
        return new BlobKey(value + segments);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.walkback.repository.seal;

/// A key that only the holder of its key-encryption key can open.
///
/// @param method  how it was wrapped: `file`, or another holder's; the scheme of the setting that opens it
/// @param keyName what the key service calls its key, empty for a key file
public record WrappedKey(KekId kek, String method, String keyName, Bytes bytes) {
    /// The wrapped bytes; not secret.
    public static final class Bytes {
        private final byte[] content;

        public Bytes(byte[] content) {
            this.content = content.clone();
        }

        public byte[] toArray() {
            return content.clone();
        }
    }
}

package io.walkback.repository.seal;

/// Holds key-encryption keys, and wraps and opens data keys with them. Thread-safe.
///
/// Failures of [#wrap] and [#unwrap], both with code `KEY_UNAVAILABLE`, both naming the key-encryption key:
/// [io.walkback.domain.RetryableException] when a key service could not be asked,
/// [io.walkback.domain.OperatorActionException] when it refuses or the key is not held. Bytes that do not open
/// under the right key are [WrapDamage]. No exception of the technology behind it leaves it, and none carries key
/// bytes.
public interface KeyEncryption extends AutoCloseable {
    /// The key with which new keys are wrapped. May ask the key service.
    KekId current();

    WrappedKey wrap(DataKey key, KeyContext context);

    /// Whether this holder can open what that key wrapped; no attempt is made.
    boolean holds(WrappedKey wrapped);

    DataKey unwrap(WrappedKey wrapped, KeyContext context) throws WrapDamage;

    /// For messages: what is held, without secrets.
    String describe();

    @Override
    default void close() {}

    /// The wrapped bytes are not what this key wrapped in this context.
    final class WrapDamage extends Exception {
        public WrapDamage(String message) {
            super(message);
        }
    }
}

package io.walkback.repository.seal;

/// Opens the keys of one kind of key service. Found by [java.util.ServiceLoader], so that the repository knows no
/// technology.
public interface KeyEncryptionProvider {
    /// What stands before the colon in a setting, lower case.
    String scheme();

    /// @param key what stands after it; `CONFIGURATION` if it cannot be a key of this service
    KeyEncryption open(String key);
}

package io.walkback.repository;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.KeyEncryptions;
import java.time.Clock;
import java.util.Optional;

/// What a process was told about encryption, and the one place that opens repositories by it.
///
/// Encryption is on unless somebody says otherwise. With a key the repository must be encrypted. Without one it
/// must be there and not encrypted; a new one in plain text is made only where `off` says so. So neither a
/// forgotten setting nor a replaced root descriptor leads to plain text.
///
/// @param key `WALKBACK_KEY`: `file:/path` or `aws-kms://REGION/KEY-ID`; it names keys and is none, see
/// [io.walkback.repository.seal.KeyEncryptions]
/// @param off `WALKBACK_ENCRYPTION=off`
public record EncryptionSettings(Optional<String> key, boolean off) {
    public EncryptionSettings {
        if (off && key.isPresent()) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "WALKBACK_ENCRYPTION is off, and WALKBACK_KEY names a key",
                    "Leave out one of them.");
        }
    }

    /// @param key        as the environment has it, blank for none
    /// @param encryption blank, `on` or `off`
    public static EncryptionSettings of(String key, String encryption) {
        boolean off =
                switch (encryption.strip()) {
                    case "", "on" -> false;
                    case "off" -> true;
                    default ->
                        throw new OperatorActionException(
                                FailureCode.CONFIGURATION,
                                "WALKBACK_ENCRYPTION is neither 'on' nor 'off'",
                                "Leave it out: encryption is on.");
                };
        return new EncryptionSettings(key.isBlank() ? Optional.empty() : Optional.of(key.strip()), off);
    }

    /// Opens a repository that is there; fails as [Repository#open] does, and when the key cannot be had. The
    /// store is closed with the repository, and by the caller when this fails.
    public Repository open(BlobStore store, Clock clock) {
        if (!Repository.exists(store)) {
            throw Repository.missing(store);
        }
        return withKeys(keys -> Repository.open(store, clock, keys));
    }

    /// Opens the repository that is there, or makes it.
    public Repository openOrMake(BlobStore store, Clock clock) {
        if (key.isEmpty() && !off && !Repository.exists(store)) {
            throw new OperatorActionException(
                    FailureCode.KEY_UNAVAILABLE,
                    "there is no repository at '" + store.location() + "' yet, and no key to encrypt a new one with",
                    "Make a key and a repository with 'walkback repo init', and set WALKBACK_KEY=file:/path/to/key"
                            + " or aws-kms://REGION/KEY-ID;"
                            + " or say WALKBACK_ENCRYPTION=off.");
        }
        return withKeys(
                keys -> keys.isPresent() ? Repository.init(store, clock, keys.get()) : Repository.init(store, clock));
    }

    private interface Opening {
        Repository with(Optional<KeyEncryption> keys);
    }

    private Repository withKeys(Opening opening) {
        Optional<KeyEncryption> keys = key.map(KeyEncryptions::open);
        try {
            return opening.with(keys);
        } catch (RuntimeException failed) {
            keys.ifPresent(KeyEncryption::close);
            throw failed;
        }
    }
}

package io.walkback.keys.kms;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.seal.DataKey;
import io.walkback.repository.seal.KekId;
import io.walkback.repository.seal.KeyContext;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.WrappedKey;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/// One symmetric key in AWS KMS. Thread-safe; holds connections, and no key bytes beyond a call.
final class KmsKeys implements KeyEncryption {
    /// The method by which such a wrapper is known, and the scheme of the setting.
    static final String METHOD = "aws-kms";

    private final KmsClient client;
    private final KmsKeyName name;
    private final KekId id;
    private final KmsFailures failures;
    private final Runnable closing;

    private KmsKeys(KmsClient client, KmsKeyName name, Runnable closing) {
        this.client = client;
        this.name = name;
        this.id = name.kekId();
        this.failures = new KmsFailures(name.arn());
        this.closing = closing;
    }

    /// Asks KMS for the key, so that one that cannot be used is known before any work begins.
    ///
    /// @param closing run when what this returns is closed, and by the caller when this fails
    static KmsKeys open(KmsClient client, KmsKeyReference reference, Runnable closing) {
        KmsFailures failures = new KmsFailures(reference.keyId());
        KeyMetadata key = ask(
                        failures,
                        "asking for the key",
                        () -> client.describeKey(request -> request.keyId(reference.keyId())))
                .keyMetadata();
        if (key.keyUsage() != KeyUsageType.ENCRYPT_DECRYPT || key.keySpec() != KeySpec.SYMMETRIC_DEFAULT) {
            throw failures.wrongKind(key.keyUsageAsString() + " " + key.keySpecAsString());
        }
        if (key.keyState() != KeyState.ENABLED) {
            throw failures.unusable(String.valueOf(key.keyStateAsString()));
        }
        return new KmsKeys(client, new KmsKeyName(key.arn()), closing);
    }

    @Override
    public KekId current() {
        return id;
    }

    @Override
    public WrappedKey wrap(DataKey key, KeyContext context) {
        byte[] secret = key.reveal();
        try {
            EncryptResponse answer = ask(
                    failures,
                    "wrapping a key",
                    () -> client.encrypt(request -> request.keyId(name.arn())
                            .plaintext(SdkBytes.fromByteArrayUnsafe(secret))
                            .encryptionContext(bound(context))));
            return new WrappedKey(
                    id,
                    METHOD,
                    name.arn(),
                    new WrappedKey.Bytes(answer.ciphertextBlob().asByteArrayUnsafe()));
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    @Override
    public boolean holds(WrappedKey wrapped) {
        return wrapped.method().equals(METHOD) && wrapped.kek().equals(id);
    }

    @Override
    public DataKey unwrap(WrappedKey wrapped, KeyContext context) throws WrapDamage {
        if (!holds(wrapped)) {
            throw new OperatorActionException(
                    FailureCode.KEY_UNAVAILABLE,
                    "key-encryption key " + wrapped.kek() + " is not " + describe(),
                    "Give the KMS key that wrapped it, or one that 'walkback keys rotate' has added.");
        }
        byte[] secret;
        try {
            DecryptResponse answer = client.decrypt(request -> request.keyId(name.arn())
                    .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(wrapped.bytes().toArray()))
                    .encryptionContext(bound(context)));
            secret = answer.plaintext().asByteArrayUnsafe();
        } catch (SdkException failed) {
            if (KmsFault.of(failed) == KmsFault.DAMAGED) {
                throw new WrapDamage("it does not open under KMS key '" + name.arn() + "'");
            }
            throw failures.of("opening a key", failed);
        }
        try {
            if (secret.length != DataKey.BYTES) {
                throw new WrapDamage("KMS key '" + name.arn() + "' opens it to " + secret.length + " bytes");
            }
            return new DataKey(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /// What KMS authenticates with the wrapper, and writes into its own log: never secret.
    private static Map<String, String> bound(KeyContext context) {
        return Map.of(
                "walkback-purpose", "wrap-1",
                "walkback-repository", context.repositoryId().toString(),
                "walkback-key", context.keyId().toString());
    }

    private static <T> T ask(KmsFailures failures, String what, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException failed) {
            throw failures.of(what, failed);
        }
    }

    @Override
    public String describe() {
        return "KMS key '" + name.arn() + "' (" + id + ")";
    }

    @Override
    public void close() {
        closing.run();
    }

    @Override
    public String toString() {
        return describe();
    }
}

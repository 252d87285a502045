package io.walkback.keys.kms;

import io.walkback.repository.seal.KeyContext;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.testkit.kms.FakeKms;
import java.time.Duration;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// Keys of a [FakeKms], waited for in milliseconds.
final class Kms {
    static final KeyContext CONTEXT = new KeyContext(new UUID(1, 2), new UUID(3, 4));
    static final AwsCredentialsProvider ANYBODY =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAEXAMPLE", "fake-secret"));
    static final AwsCredentialsProvider NOBODY = AnonymousCredentialsProvider.create();
    static final int ATTEMPTS = 4;

    private Kms() {}

    static KmsPatience briefly() {
        return new KmsPatience(
                Duration.ofSeconds(8),
                Duration.ofMillis(1_500),
                Duration.ofMillis(500),
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                ATTEMPTS);
    }

    static KeyEncryption open(FakeKms kms, String key) {
        return open(kms, key, ANYBODY);
    }

    static KeyEncryption open(FakeKms kms, String key, AwsCredentialsProvider credentials) {
        String reference = kms.setting(key).substring("aws-kms:".length());
        return KmsKeyProvider.open(KmsKeyReference.parse(reference), briefly(), credentials);
    }
}

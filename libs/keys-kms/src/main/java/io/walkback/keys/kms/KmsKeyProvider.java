package io.walkback.keys.kms;

import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.KeyEncryptionProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// Opens `aws-kms://REGION/KEY-ID` and `aws-kms://KEY-ARN`, see [KmsKeyReference].
public final class KmsKeyProvider implements KeyEncryptionProvider {
    @Override
    public String scheme() {
        return KmsKeys.METHOD;
    }

    /// Fails with `KEY_UNAVAILABLE` when KMS does not give the key, [io.walkback.domain.RetryableException] when it
    /// could not be asked within 30 s.
    @Override
    public KeyEncryption open(String key) {
        return open(
                KmsKeyReference.parse(key),
                KmsPatience.standard(),
                DefaultCredentialsProvider.builder().build());
    }

    static KeyEncryption open(KmsKeyReference reference, KmsPatience patience, AwsCredentialsProvider credentials) {
        KmsClient client = client(reference, patience, credentials);
        Runnable closing = () -> {
            client.close();
            // The chain may look credentials up in the background.
            if (credentials instanceof SdkAutoCloseable closeable) {
                closeable.close();
            }
        };
        try {
            return KmsKeys.open(client, reference, closing);
        } catch (RuntimeException refused) {
            closing.run();
            throw refused;
        }
    }

    /// Only what [KmsFault] lists is repeated, not what the SDK holds to be worth it.
    private static KmsClient client(
            KmsKeyReference reference, KmsPatience patience, AwsCredentialsProvider credentials) {
        BackoffStrategy pauses = BackoffStrategy.exponentialDelay(patience.firstPause(), patience.longestPause());
        KmsClientBuilder builder = KmsClient.builder()
                .region(Region.of(reference.region()))
                .credentialsProvider(credentials)
                .httpClientBuilder(Apache5HttpClient.builder()
                        .connectionTimeout(patience.connect())
                        .socketTimeout(patience.attempt()))
                .overrideConfiguration(override -> override.apiCallTimeout(patience.whole())
                        .apiCallAttemptTimeout(patience.attempt())
                        .retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
                                .useClientDefaults(false)
                                .circuitBreakerEnabled(false)
                                .maxAttempts(patience.attempts())
                                .backoffStrategy(pauses)
                                .throttlingBackoffStrategy(pauses)
                                .retryOnException(failed -> failed instanceof SdkException known
                                        && KmsFault.of(known).isRepeated())
                                .build()));
        reference.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }
}

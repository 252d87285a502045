package io.walkback.repository.s3;

import java.time.Clock;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// Builds the client of a store.
///
/// The SDK repeats nothing: [S3Calls] does. Checksums are ours ([S3Puts]), since the SDK's own come as trailers,
/// which many stores do not take. Reads are checked end to end by the repository's formats.
final class S3Connection {
    /// Beyond what a worker has open at once: parts on the wire, reads of a restore, and looks.
    private static final int CONNECTIONS = 64;

    private S3Connection() {}

    static S3BlobStore open(
            S3Settings settings,
            S3Patience patience,
            S3Time time,
            Clock clock,
            Supplier<AwsCredentialsProvider> credentialsSource) {
        RefreshedCredentials credentials = new RefreshedCredentials(credentialsSource);
        S3Calls calls = new S3Calls(new S3Failures(settings.location()), patience, time, credentials);
        S3Client client = client(settings, patience, credentials, calls);
        try {
            return S3BlobStore.open(client, settings, calls, clock, credentials::close);
        } catch (RuntimeException refused) {
            client.close();
            credentials.close();
            throw refused;
        }
    }

    private static S3Client client(
            S3Settings settings, S3Patience patience, AwsCredentialsProvider credentials, S3Calls calls) {
        S3ClientBuilder builder = S3Client.builder()
                .region(region(settings, calls))
                .forcePathStyle(settings.pathStyle())
                .credentialsProvider(credentials)
                .putAuthScheme(new UnsignedParts())
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(Apache5HttpClient.builder()
                        .maxConnections(CONNECTIONS)
                        .connectionTimeout(patience.connect())
                        .connectionAcquisitionTimeout(patience.attempt())
                        .socketTimeout(patience.silence()))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallAttemptTimeout(patience.attempt()));
        settings.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static Region region(S3Settings settings, S3Calls calls) {
        if (settings.region().isPresent()) {
            return Region.of(settings.region().get());
        }
        if (settings.endpoint().isPresent()) {
            // Only signs requests there, and this is what stores that have no regions expect.
            return Region.US_EAST_1;
        }
        try {
            return new DefaultAwsRegionProviderChain().getRegion();
        } catch (SdkClientException nowhere) {
            throw calls.failures().of("choosing the region", nowhere);
        }
    }
}

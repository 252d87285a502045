package io.walkback.repository.s3;

import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// Credentials from the SDK's default chain, looked up anew when the store no longer takes them (F29): a profile
/// that was rewritten, a token file that was renewed. Thread-safe.
final class RefreshedCredentials implements AwsCredentialsProvider, SdkAutoCloseable {
    private final Supplier<AwsCredentialsProvider> source;
    private volatile AwsCredentialsProvider current;
    private volatile int generation;

    RefreshedCredentials(Supplier<AwsCredentialsProvider> source) {
        this.source = source;
        this.current = source.get();
    }

    @Override
    public AwsCredentials resolveCredentials() {
        return current.resolveCredentials();
    }

    /// Counts how often they were looked up.
    int generation() {
        return generation;
    }

    /// Forgets what was found, unless another request has done so since it was of this generation. The former
    /// provider is closed with its last request done, since it holds no connection between requests.
    synchronized void refresh(int seen) {
        if (generation != seen) {
            return;
        }
        AwsCredentialsProvider former = current;
        current = source.get();
        generation++;
        close(former);
    }

    @Override
    public void close() {
        close(current);
    }

    private static void close(AwsCredentialsProvider provider) {
        if (provider instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
    }
}

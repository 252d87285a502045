package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobStore;
import io.walkback.testkit.s3.S3Proxy;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// Stores as production builds them, but for credentials and time.
final class Stores {
    private Stores() {}

    static BlobStore open(URI endpoint, String place) {
        return open(endpoint, place, "");
    }

    /// @param place `bucket/prefix`
    static BlobStore open(URI endpoint, String place, String query) {
        return S3Connection.open(
                settings(endpoint, place, query),
                S3Patience.standard(),
                S3Time.system(),
                Clock.systemUTC(),
                Stores::credentials);
    }

    static S3Settings settings(URI endpoint, String place, String query) {
        return S3Settings.parse(
                URI.create("s3://" + place + "?endpoint=" + endpoint + (query.isEmpty() ? "" : "&" + query)), Map.of());
    }

    static AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Proxy.ACCESS_KEY, S3Proxy.SECRET_KEY));
    }
}

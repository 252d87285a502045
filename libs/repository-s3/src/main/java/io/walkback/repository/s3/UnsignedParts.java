package io.walkback.repository.s3;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.scheme.AuthScheme;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/// Signs requests as ever, but without a SHA-256 of the bytes of objects and parts, over plain HTTP as well as over
/// TLS, where the SDK leaves it out by itself. The CRC32C of the bytes is a header and signed; what is stored is
/// read back, and sealed unless somebody wants plain text. The digest cost a tenth of the processor time of a
/// backup.
///
/// The SDK decides by the protocol alone, so the request is shown to its signer as if it went over TLS: the
/// protocol is no part of what is signed. Stateless, thread-safe.
final class UnsignedParts implements AuthScheme<AwsCredentialsIdentity> {
    private static final String TLS = "https";

    private final AwsV4AuthScheme standard = AwsV4AuthScheme.create();

    @Override
    public String schemeId() {
        return standard.schemeId();
    }

    @Override
    public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
        return standard.identityProvider(providers);
    }

    @Override
    public HttpSigner<AwsCredentialsIdentity> signer() {
        return new Signer(standard.signer());
    }

    private record Signer(AwsV4HttpSigner standard) implements HttpSigner<AwsCredentialsIdentity> {
        @Override
        public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
            String protocol = request.request().protocol();
            if (protocol.equals(TLS) || request.request().method() != SdkHttpMethod.PUT) {
                return standard.sign(request);
            }
            SignedRequest signed = standard.sign(overTls(request));
            return signed.toBuilder()
                    .request(signed.request().toBuilder().protocol(protocol).build())
                    .build();
        }

        private static <T extends AwsCredentialsIdentity> SignRequest<T> overTls(SignRequest<T> request) {
            return request.toBuilder()
                    .request(request.request().toBuilder().protocol(TLS).build())
                    .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                    .build();
        }

        @Override
        public CompletableFuture<AsyncSignedRequest> signAsync(
                AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
            return standard.signAsync(request);
        }
    }
}

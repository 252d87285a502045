package io.walkback.aws;

import java.io.IOException;
import java.util.Locale;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/// Why a request got no answer of the service.
public enum NoAnswer {
    INTERRUPTED,
    /// The service or the way to it is busy or broken for now.
    PASSING,
    /// Whoever answers at the address is not believed to be the service.
    CERTIFICATE,
    /// None were found to sign with.
    CREDENTIALS,
    /// None was found to send to.
    REGION,
    OTHER;

    /// @param failed no [software.amazon.awssdk.awscore.exception.AwsServiceException], which is an answer
    public static NoAnswer of(SdkException failed) {
        if (failed instanceof AbortedException) {
            return INTERRUPTED;
        }
        if (failed instanceof ApiCallAttemptTimeoutException || failed instanceof ApiCallTimeoutException) {
            return PASSING;
        }
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLHandshakeException || cause instanceof SSLPeerUnverifiedException) {
                return CERTIFICATE;
            }
            if (cause instanceof IOException) {
                return PASSING;
            }
        }
        // The SDK has no types for these two.
        String text = String.valueOf(failed.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("credential")) {
            return CREDENTIALS;
        }
        return text.contains("region") ? REGION : OTHER;
    }
}

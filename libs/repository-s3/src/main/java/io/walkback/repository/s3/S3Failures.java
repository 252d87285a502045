package io.walkback.repository.s3;

import io.walkback.aws.Answers;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/// What people are told about a request that failed: the store's own code and request id, and what to do.
final class S3Failures {
    private final String location;

    S3Failures(String location) {
        this.location = location;
    }

    PlatformException of(String what, SdkException failed) {
        String text = what + " in " + location + " failed: " + Answers.said(failed);
        return switch (S3Fault.of(failed)) {
            case INTERRUPTED -> interrupted(what, failed);
            case STALE_CREDENTIALS ->
                act(
                        FailureCode.STORE_ACCESS,
                        text,
                        "Give this process credentials that the store accepts: AWS_ACCESS_KEY_ID and"
                                + " AWS_SECRET_ACCESS_KEY, a profile, or a role of the machine.",
                        failed);
            case DENIED ->
                act(
                        FailureCode.STORE_ACCESS,
                        text,
                        "Allow it in the bucket's policy; docs/security/bucket-policy.json has what a worker needs.",
                        failed);
            case CLOCK ->
                act(
                        FailureCode.STORE_ACCESS,
                        text,
                        "This machine's clock and the store's differ too much. Set the clock right and keep it so"
                                + " with NTP.",
                        failed);
            case CERTIFICATE ->
                act(
                        FailureCode.STORE_ACCESS,
                        text,
                        "Put the certificate authority of the endpoint into the trust store of this Java.",
                        failed);
            case FULL ->
                act(
                        FailureCode.STORE_FULL,
                        text,
                        "Raise the bucket's quota. Nothing that is stored was harmed.",
                        failed);
            case KEY ->
                act(
                        FailureCode.KEY_UNAVAILABLE,
                        text,
                        "Enable the KMS key that the bucket encrypts with, and allow this role to use it.",
                        failed);
            case BUCKET_GONE ->
                act(
                        FailureCode.STORE_MISSING,
                        text,
                        "Check the bucket's name, the region and the endpoint. Walkback makes no buckets.",
                        failed);
            case WRONG_REGION ->
                act(
                        FailureCode.CONFIGURATION,
                        text,
                        "Give the bucket's region: AWS_REGION, or region= in its address.",
                        failed);
            case NOT_IMPLEMENTED, REFUSED ->
                act(
                        FailureCode.NOT_SUPPORTED,
                        text,
                        "This store does not do that; 'walkback repo analyze' prints what it does.",
                        failed);
            case PASSING, DAMAGED_ON_THE_WAY, CONFLICT, TAKEN, UPLOAD_GONE, NOT_THERE, OUT_OF_RANGE, OTHER ->
                unavailable(text, failed);
        };
    }

    PlatformException interrupted(String what, @Nullable Throwable cause) {
        Thread.currentThread().interrupt();
        return new OperatorActionException(
                FailureCode.CANCELLED, what + " in " + location + " was interrupted", "Start it again.", cause);
    }

    RetryableException unavailable(String text, @Nullable Throwable cause) {
        return new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                text,
                "Check that the store is well and that this machine reaches it.",
                cause);
    }

    private static OperatorActionException act(FailureCode code, String text, String hint, Throwable cause) {
        return new OperatorActionException(code, text, hint, cause);
    }
}

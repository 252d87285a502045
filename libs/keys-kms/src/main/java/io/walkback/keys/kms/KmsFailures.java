package io.walkback.keys.kms;

import io.walkback.aws.Answers;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import software.amazon.awssdk.core.exception.SdkException;

/// What people are told about a request to KMS that failed: the key, KMS's own code and request id, and what to do.
///
/// @param key the key as it was configured, or its ARN
record KmsFailures(String key) {
    private static final String POLICY = "docs/security/kms-key-policy.json has what Walkback needs.";

    PlatformException of(String what, SdkException failed) {
        String text = what + " with KMS key '" + key + "' failed: " + Answers.said(failed);
        return switch (KmsFault.of(failed)) {
            case PASSING ->
                new RetryableException(
                        FailureCode.KEY_UNAVAILABLE,
                        text,
                        "Check that AWS KMS is well in the key's region and that this machine reaches it, by a VPC"
                                + " endpoint where there is one.",
                        failed);
            case CLOCK ->
                act(
                        text,
                        "This machine's clock and that of AWS differ too much. Set the clock right and keep it so with"
                                + " NTP.",
                        failed);
            case DISABLED -> act(text, enable(), failed);
            case STATE -> act(text, "Look at its state: " + describe() + ". " + rescue(), failed);
            case USAGE -> act(text, needed(), failed);
            case NOT_THERE ->
                act(
                        text,
                        "Check region, account and id of the key. A key that was deleted is gone with every backup"
                                + " that only it opens.",
                        failed);
            case DENIED ->
                act(text, "Allow it in the key's policy or the role's (and in the VPC endpoint's). " + POLICY, failed);
            case CREDENTIALS ->
                act(
                        text,
                        "Give this process credentials that AWS accepts: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a"
                                + " profile, or a role of the machine.",
                        failed);
            case CERTIFICATE ->
                act(text, "Put the certificate authority of the endpoint into the trust store of this Java.", failed);
            case INTERRUPTED -> {
                Thread.currentThread().interrupt();
                yield new OperatorActionException(FailureCode.CANCELLED, text, "Start it again.", failed);
            }
            case DAMAGED, REFUSED -> act(text, "Check the key that WALKBACK_KEY names: " + describe() + ".", failed);
        };
    }

    /// A key that is there and cannot be used, as `DescribeKey` tells.
    ///
    /// @param state as KMS names it
    OperatorActionException unusable(String state) {
        String text = "KMS key '" + key + "' cannot be used: its state is " + Text.printable(state, 40);
        return new OperatorActionException(
                FailureCode.KEY_UNAVAILABLE, text, state.equals("Disabled") ? enable() : rescue());
    }

    /// A key of another kind.
    OperatorActionException wrongKind(String kind) {
        return new OperatorActionException(
                FailureCode.KEY_UNAVAILABLE, "KMS key '" + key + "' is for " + Text.printable(kind, 60), needed());
    }

    private String enable() {
        return "Enable it: aws kms enable-key --key-id " + key + ". Nothing can be backed up or restored until then.";
    }

    private String rescue() {
        return "A key that waits for its deletion takes every backup with it: aws kms cancel-key-deletion --key-id "
                + key + ", then enable-key.";
    }

    private String describe() {
        return "aws kms describe-key --key-id " + key;
    }

    private static String needed() {
        return "Take a symmetric key for encryption: aws kms create-key, with its defaults.";
    }

    private static OperatorActionException act(String text, String hint, SdkException cause) {
        return new OperatorActionException(FailureCode.KEY_UNAVAILABLE, text, hint, cause);
    }
}

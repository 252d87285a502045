package io.walkback.keys.kms;

import io.walkback.aws.Answers;
import io.walkback.aws.NoAnswer;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// What a failed request to KMS means. Only what is [#PASSING] or [#CLOCK] is repeated; after the latter the SDK
/// signs with KMS's time.
enum KmsFault {
    /// KMS or the way to it is busy or broken for now.
    PASSING,
    CLOCK,
    DISABLED,
    /// Pending deletion, waiting for imported material, and the like.
    STATE,
    /// Another kind of key than one for symmetric encryption.
    USAGE,
    NOT_THERE,
    DENIED,
    CREDENTIALS,
    /// The bytes, or the context, are not those that the key has encrypted.
    DAMAGED,
    CERTIFICATE,
    INTERRUPTED,
    /// Some other answer, which would be the same the next time.
    REFUSED;

    private static final Set<String> PASSING_CODES = Set.of(
            "ThrottlingException",
            "Throttling",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "RequestThrottledException",
            "LimitExceededException",
            "KMSInternalException",
            "DependencyTimeoutException",
            "KeyUnavailableException",
            "InternalFailure",
            "ServiceUnavailable",
            "ServiceUnavailableException");
    private static final Set<String> CREDENTIALS_CODES = Set.of(
            "ExpiredToken",
            "ExpiredTokenException",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException");

    boolean isRepeated() {
        return this == PASSING || this == CLOCK;
    }

    static KmsFault of(SdkException failed) {
        return failed instanceof AwsServiceException answer ? ofAnswer(answer) : withoutAnswer(failed);
    }

    private static KmsFault ofAnswer(AwsServiceException answer) {
        String code = Answers.code(answer);
        if (answer.isClockSkewException()) {
            return CLOCK;
        }
        if (CREDENTIALS_CODES.contains(code)) {
            return CREDENTIALS;
        }
        if (PASSING_CODES.contains(code) || answer.statusCode() >= 500 || answer.statusCode() == 429) {
            return PASSING;
        }
        return switch (code) {
            case "DisabledException" -> DISABLED;
            case "KMSInvalidStateException" -> STATE;
            case "InvalidKeyUsageException" -> USAGE;
            case "NotFoundException" -> NOT_THERE;
            case "AccessDeniedException" -> DENIED;
            case "InvalidCiphertextException", "IncorrectKeyException" -> DAMAGED;
            default -> REFUSED;
        };
    }

    private static KmsFault withoutAnswer(SdkException failed) {
        return switch (NoAnswer.of(failed)) {
            case INTERRUPTED -> INTERRUPTED;
            case PASSING -> PASSING;
            case CERTIFICATE -> CERTIFICATE;
            case CREDENTIALS -> CREDENTIALS;
            case REGION, OTHER -> REFUSED;
        };
    }
}

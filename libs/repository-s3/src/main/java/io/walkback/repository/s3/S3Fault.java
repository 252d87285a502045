package io.walkback.repository.s3;

import io.walkback.aws.Answers;
import io.walkback.aws.NoAnswer;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// What a failed request means. Everything that is not listed here is not repeated.
enum S3Fault {
    /// The store or the way to it is busy or broken for now.
    PASSING,
    /// The bytes that arrived were not those that were sent.
    DAMAGED_ON_THE_WAY,
    /// Another writer is at this name at this moment.
    CONFLICT,
    /// The name is taken.
    TAKEN,
    NOT_THERE,
    UPLOAD_GONE,
    BUCKET_GONE,
    OUT_OF_RANGE,
    /// The credentials may be old.
    STALE_CREDENTIALS,
    DENIED,
    CLOCK,
    FULL,
    KEY,
    CERTIFICATE,
    WRONG_REGION,
    NOT_IMPLEMENTED,
    /// Some other answer of the store, which would be the same the next time.
    REFUSED,
    INTERRUPTED,
    OTHER;

    private static final Set<String> PASSING_CODES = Set.of(
            "SlowDown",
            "RequestTimeout",
            "RequestTimeoutException",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestThrottled",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "InternalError",
            "ServiceUnavailable");
    private static final Set<String> DAMAGED_CODES =
            Set.of("BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "InvalidDigest");
    private static final Set<String> STALE_CODES = Set.of(
            "ExpiredToken",
            "ExpiredTokenException",
            "TokenRefreshRequired",
            "InvalidToken",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch");
    private static final Set<String> CLOCK_CODES = Set.of("RequestTimeTooSkewed", "RequestExpired");
    private static final Set<String> FULL_CODES =
            Set.of("QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "StorageFull");
    private static final Set<String> REGION_CODES =
            Set.of("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException");

    boolean isRepeated() {
        return this == PASSING || this == DAMAGED_ON_THE_WAY;
    }

    static S3Fault of(SdkException failed) {
        return failed instanceof AwsServiceException service ? ofAnswer(service) : withoutAnswer(failed);
    }

    private static S3Fault ofAnswer(AwsServiceException answer) {
        String code = Answers.code(answer);
        int status = answer.statusCode();
        if (CLOCK_CODES.contains(code)) {
            return CLOCK;
        }
        if (STALE_CODES.contains(code)) {
            return STALE_CREDENTIALS;
        }
        if (FULL_CODES.contains(code) || status == 507) {
            return FULL;
        }
        if (code.startsWith("KMS.")) {
            return KEY;
        }
        if (REGION_CODES.contains(code) || status == 301) {
            return WRONG_REGION;
        }
        if (DAMAGED_CODES.contains(code)) {
            return DAMAGED_ON_THE_WAY;
        }
        if (PASSING_CODES.contains(code)) {
            return PASSING;
        }
        return switch (status) {
            case 403 -> code.isEmpty() ? STALE_CREDENTIALS : DENIED;
            case 404 ->
                switch (code) {
                    case "NoSuchBucket" -> BUCKET_GONE;
                    case "NoSuchUpload" -> UPLOAD_GONE;
                    default -> NOT_THERE;
                };
            case 409 -> CONFLICT;
            case 412 -> TAKEN;
            case 416 -> OUT_OF_RANGE;
            case 501 -> NOT_IMPLEMENTED;
            case 429 -> PASSING;
            default -> status >= 500 ? PASSING : REFUSED;
        };
    }

    private static S3Fault withoutAnswer(SdkException failed) {
        return switch (NoAnswer.of(failed)) {
            case INTERRUPTED -> INTERRUPTED;
            case PASSING -> PASSING;
            case CERTIFICATE -> CERTIFICATE;
            case CREDENTIALS -> STALE_CREDENTIALS;
            case REGION -> WRONG_REGION;
            case OTHER -> OTHER;
        };
    }
}

package io.walkback.scheduler.api;

import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// An answer that is a problem.
final class Refused extends RuntimeException {
    private final transient Problem problem;
    private final HttpStatus status;
    private final transient @Nullable OperationId operation;

    private Refused(Problem problem, HttpStatus status, @Nullable OperationId operation) {
        super(problem.message());
        this.problem = problem;
        this.status = status;
        this.operation = operation;
    }

    static Refused badRequest(String message, String hint) {
        return of(HttpStatus.BAD_REQUEST, FailureCode.REQUEST_INVALID, message, hint);
    }

    static Refused unusable(String message, String hint) {
        return of(HttpStatus.UNPROCESSABLE_CONTENT, FailureCode.REQUEST_INVALID, message, hint);
    }

    static Refused of(HttpStatus status, FailureCode code, String message, String hint) {
        return new Refused(new Problem(code, message, hint), status, null);
    }

    /// A request that was recorded and ended `REJECTED`.
    static Refused rejected(OperationId operation, Problem problem) {
        return new Refused(problem, statusOf(problem.code()), operation);
    }

    /// What HTTP calls a fault of ours.
    static HttpStatus statusOf(FailureCode code) {
        return switch (code) {
            case APPROVAL_REQUIRED -> HttpStatus.FORBIDDEN;
            case DATABASE_UNKNOWN, BACKUP_UNKNOWN, OPERATION_UNKNOWN -> HttpStatus.NOT_FOUND;
            case REQUEST_CONFLICT -> HttpStatus.CONFLICT;
            case RECORD_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case REQUEST_INVALID, REQUEST_STALE, NOT_SUPPORTED, TARGET_UNREACHABLE -> HttpStatus.UNPROCESSABLE_CONTENT;
            case BROKER_UNAVAILABLE, REGISTRY_UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
            default -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }

    Problem problem() {
        return problem;
    }

    HttpStatus status() {
        return status;
    }

    @Nullable
    OperationId operation() {
        return operation;
    }
}

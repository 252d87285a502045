package io.walkback.client;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// Answers that are problems made into exceptions.
final class Problems {
    private static final int LIMIT = 1_000;

    private Problems() {}

    /// RFC 9457, with our members. A member that is missing is null.
    record Detail(
            @Nullable String title,
            @Nullable String detail,
            @Nullable String code,
            @Nullable String hint,
            @Nullable String operationId) {}

    /// @param where the address that was asked, without query
    static PlatformException of(int status, byte[] body, String where, ObjectMapper json) {
        Detail problem = read(body, json);
        if (problem == null || problem.code() == null) {
            return unnamed(status, where);
        }
        FailureCode code = code(problem.code());
        String message = Text.printable(
                problem.detail() != null
                        ? problem.detail()
                        : problem.title() != null ? problem.title() : code.meaning(),
                LIMIT);
        if (code == FailureCode.UNKNOWN) {
            message = message + " (code " + Text.printable(problem.code(), 80) + ")";
        }
        String hint = problem.hint() == null ? "See docs/api.md." : Text.printable(problem.hint(), LIMIT);
        if (problem.operationId() != null) {
            hint += " It is recorded as operation " + Text.printable(problem.operationId(), 100) + ".";
        }
        return status == 503 || status == 429
                ? new RetryableException(code, message, hint)
                : new OperatorActionException(code, message, hint);
    }

    private static PlatformException unnamed(int status, String where) {
        return switch (status) {
            case 401 ->
                new OperatorActionException(
                        FailureCode.API_AUTHENTICATION,
                        where + " wants to know who is asking",
                        "Set WALKBACK_TOKEN to a token that the service accepts.");
            case 403 ->
                new OperatorActionException(
                        FailureCode.API_AUTHENTICATION,
                        where + " does not allow this",
                        "Set WALKBACK_TOKEN to a token with the role that this needs.");
            case 429, 502, 503, 504 ->
                new RetryableException(
                        FailureCode.API_UNREACHABLE,
                        where + " answered " + status,
                        "The service starts, stops or is overloaded; ask again in a moment.");
            default ->
                new OperatorActionException(
                        FailureCode.API_UNEXPECTED,
                        where + " answered " + status + " without a problem that can be read",
                        "Check that the address is scheduler-service itself, and that both are of the same version.");
        };
    }

    private static @Nullable Detail read(byte[] body, ObjectMapper json) {
        try {
            return json.readValue(body, Detail.class);
        } catch (JacksonException notJson) {
            // A proxy's page. The status says what there is to say.
            return null;
        }
    }

    /// [FailureCode#UNKNOWN] for a code that a newer service has.
    static FailureCode code(String name) {
        for (FailureCode code : FailureCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return FailureCode.UNKNOWN;
    }
}

package io.walkback.checks;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import org.jspecify.annotations.Nullable;

/// What one check saw.
///
/// @param seen   a fact with its values, lower case
/// @param remedy SQL, setting lines or commands that mend it, one a line; null where nothing is to be mended
/// @param code   of the failure that a backup would end with, null where there would be none
public record CheckResult(
        CheckId id,
        CheckStatus status,
        String seen,
        @Nullable String remedy,
        @Nullable FailureCode code) {
    static CheckResult ok(CheckId id, String seen) {
        return new CheckResult(id, CheckStatus.OK, seen, null, null);
    }

    static CheckResult skipped(CheckId id, String why) {
        return new CheckResult(id, CheckStatus.SKIPPED, why, null, null);
    }

    static CheckResult warning(CheckId id, String seen, String remedy) {
        return new CheckResult(id, CheckStatus.WARNING, seen, remedy, null);
    }

    static CheckResult failed(CheckId id, FailureCode code, String seen, String remedy) {
        return new CheckResult(id, CheckStatus.FAILED, seen, remedy, code);
    }

    /// A check that a fault of ours ended.
    public static CheckResult of(CheckId id, PlatformException fault) {
        return failed(id, fault.code(), fault.text(), fault.hint());
    }
}

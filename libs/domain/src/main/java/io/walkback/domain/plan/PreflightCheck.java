package io.walkback.domain.plan;

import io.walkback.domain.FailureCode;
import org.jspecify.annotations.Nullable;

/// One thing that was looked at before a restore.
///
/// @param name  stable: `directory`, `server`, `tablespaces`, `space`, `binaries`, `libraries`, `extensions`,
///              `collations`, `configuration`, `hooks`
/// @param value what was found
/// @param hint  what to do; empty for [Outcome#OK]
/// @param code  with which the restore would be refused; null unless [Outcome#REFUSED]
public record PreflightCheck(
        String name,
        Outcome outcome,
        String value,
        String hint,
        @Nullable FailureCode code) {
    /// What a check came to. A warning does not stop a restore.
    public enum Outcome {
        UNKNOWN,
        OK,
        WARNING,
        REFUSED
    }

    public static PreflightCheck ok(String name, String value) {
        return new PreflightCheck(name, Outcome.OK, value, "", null);
    }

    public static PreflightCheck warning(String name, String value, String hint) {
        return new PreflightCheck(name, Outcome.WARNING, value, hint, null);
    }

    public static PreflightCheck refused(String name, FailureCode code, String value, String hint) {
        return new PreflightCheck(name, Outcome.REFUSED, value, hint, code);
    }
}

package io.walkback.domain;

import org.jspecify.annotations.Nullable;

/// Nothing changes until a person acts: a wrong password, a target directory in use, a missing key. Never retried.
public final class OperatorActionException extends PlatformException {
    public OperatorActionException(FailureCode code, String message, String hint) {
        super(code, message, hint, null);
    }

    public OperatorActionException(FailureCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}

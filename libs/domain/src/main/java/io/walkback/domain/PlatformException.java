package io.walkback.domain;

import org.jspecify.annotations.Nullable;

/// A fault with a name. The type says what the caller can do, the code says what happened, the hint says what a
/// person does next.
///
/// Messages are lower case, a fact with its values, without a full stop. Hints are sentences for an operator.
/// Neither ever holds a secret (P11).
public abstract sealed class PlatformException extends RuntimeException
        permits RetryableException, CorruptDataException, OperatorActionException {
    private final FailureCode code;
    private final String hint;

    PlatformException(FailureCode code, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    public final FailureCode code() {
        return code;
    }

    public final String hint() {
        return hint;
    }

    /// `message` as every fault of ours has it, never null.
    public final String text() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}

package io.walkback.domain;

import org.jspecify.annotations.Nullable;

/// Data is not what was written. Never retried, never skipped: the message names the object (P3).
public final class CorruptDataException extends PlatformException {
    public CorruptDataException(FailureCode code, String message, String hint) {
        super(code, message, hint, null);
    }

    public CorruptDataException(FailureCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}

package io.walkback.domain;

import org.jspecify.annotations.Nullable;

/// Trying again later can succeed without anybody acting: a store that answers 503, a broker that is away, a server
/// that restarts. Retried in one place, with jitter and a limit.
public final class RetryableException extends PlatformException {
    public RetryableException(FailureCode code, String message, String hint) {
        super(code, message, hint, null);
    }

    public RetryableException(FailureCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}

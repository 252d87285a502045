package io.walkback.domain.event;

/// Whether a cause of alarm still stands.
public enum AlertStatus {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    OPEN,
    ACKED,
    RESOLVED
}

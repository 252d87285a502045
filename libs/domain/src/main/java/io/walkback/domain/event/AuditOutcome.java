package io.walkback.domain.event;

/// How an audited act ended.
public enum AuditOutcome {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    INTENDED,
    ALLOWED,
    DENIED,
    SUCCEEDED,
    FAILED
}

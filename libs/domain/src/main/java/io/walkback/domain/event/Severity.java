package io.walkback.domain.event;

/// How soon a person must look.
public enum Severity {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    INFO,
    WARNING,
    ERROR,
    CRITICAL
}

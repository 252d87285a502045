package io.walkback.domain.operation;

/// Which backup a rehearsal takes.
public enum DrillChoice {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    NEWEST,
    RANDOM,
    NAMED
}

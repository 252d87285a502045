package io.walkback.domain.operation;

/// What a rehearsal proved. Only PROVEN rests on positive evidence (P9).
public enum Verdict {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    PROVEN,
    UNPROVEN,
    FAILED
}

package io.walkback.domain.event;

/// What the second person said.
public enum Decision {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    GRANTED,
    DENIED
}

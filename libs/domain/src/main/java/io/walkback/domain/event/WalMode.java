package io.walkback.domain.event;

/// How WAL leaves the database.
public enum WalMode {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    STREAM,
    PUSH
}

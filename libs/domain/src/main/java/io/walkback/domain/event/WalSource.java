package io.walkback.domain.event;

/// The way by which a WAL segment came.
public enum WalSource {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    STREAM,
    PUSH,
    BACKFILL
}

package io.walkback.domain.event;

/// Where a backup is in its life.
public enum BackupStatus {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    REQUESTED,
    RUNNING,
    AWAITING_WAL,
    COMPLETED,
    FAILED,
    EXPIRING,
    EXPIRED
}

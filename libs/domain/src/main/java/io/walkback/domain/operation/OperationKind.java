package io.walkback.domain.operation;

/// What kind of work an operation is. Decides who can do it and which resource it holds.
public enum OperationKind {
    BACKUP,
    RESTORE,
    VERIFICATION,
    DRILL,
    EXPIRY,
    /// Receives WAL of one database. Never ends by itself; its attempts are not counted.
    WAL_RECEPTION,
    /// Receives the same WAL beside it, for the tail alone, so that commits that wait for the tail do not wait
    /// while the other receiver is taken over. As endless.
    WAL_COMPANION,
    /// Keeps one backup until it is released. Nobody claims it: that it is open is all that it does.
    HOLD;

    /// Whether it never ends by itself, so that its attempts are not counted.
    public boolean isEndless() {
        return this == WAL_RECEPTION || this == WAL_COMPANION;
    }
}

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
    /// Keeps one backup until it is released. Nobody claims it: that it is open is all that it does.
    HOLD
}

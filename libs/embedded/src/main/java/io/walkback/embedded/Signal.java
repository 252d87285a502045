package io.walkback.embedded;

/// The signals that parts are sent, by their POSIX names.
public enum Signal {
    /// Please end. PostgreSQL: once the last client has gone.
    TERM,
    /// PostgreSQL: end now, in order (fast shutdown).
    INT,
    /// PostgreSQL: end without a checkpoint (immediate shutdown).
    QUIT,
    /// PostgreSQL and others: read the configuration again.
    HUP,
    /// End at once; the process does not learn of it.
    KILL,
    /// Freeze.
    STOP,
    /// Go on after [#STOP].
    CONT
}

package io.walkback.domain.event;

/// What is done about a hole in the WAL.
public enum GapAction {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    BACKFILL,
    NEW_BACKUP,
    NONE
}

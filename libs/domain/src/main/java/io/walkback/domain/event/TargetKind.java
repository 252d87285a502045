package io.walkback.domain.event;

/// How the end of recovery is named.
public enum TargetKind {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    LATEST,
    TIME,
    LSN,
    IMMEDIATE,
    XID,
    NAME
}

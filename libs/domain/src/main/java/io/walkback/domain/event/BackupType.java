package io.walkback.domain.event;

/// Whether pages or rows were copied.
public enum BackupType {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    PHYSICAL,
    LOGICAL
}

package io.walkback.domain.event;

/// What a hole in the WAL means.
public enum HoleStatus {
    /// Written by a newer version, which knows more of them.
    UNKNOWN,
    /// Nothing leads past it yet.
    OPEN,
    /// A later backup leads past it; moments in it stay out of reach.
    HARMLESS,
    /// Retention let its WAL go.
    EXPIRED
}

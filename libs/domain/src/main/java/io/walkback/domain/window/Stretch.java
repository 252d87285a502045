package io.walkback.domain.window;

import io.walkback.domain.Lsn;

/// WAL from one position up to another, at least one byte.
///
/// @param from first byte
/// @param to first byte after it
public record Stretch(Lsn from, Lsn to) {
    public Stretch {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("no wal from " + from + " to " + to);
        }
    }

    public boolean contains(Lsn position) {
        return !position.isBefore(from) && position.isBefore(to);
    }

    /// Whether the two share a byte or lie end to end.
    boolean touches(Stretch other) {
        return !to.isBefore(other.from) && !other.to.isBefore(from);
    }

    @Override
    public String toString() {
        return from + ".." + to;
    }
}

package io.walkback.repository.layout;

import java.util.Locale;
import java.util.UUID;

/// Names a pack within its lineage: the attempt that wrote it, and its number there, counted from 0.
public record PackId(UUID attempt, int number) {
    public PackId {
        if (number < 0) {
            throw new IllegalArgumentException("pack number " + number);
        }
    }

    /// The key's last two segments.
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s/%08x", attempt, number);
    }
}

package io.walkback.domain.retention;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A person's word that a backup stays.
///
/// @param until when it ends by itself; null: when it is released
public record Hold(String reason, String by, @Nullable Instant until) {
    /// Whether it still stands.
    public boolean standsAt(Instant now) {
        return until == null || until.isAfter(now);
    }
}

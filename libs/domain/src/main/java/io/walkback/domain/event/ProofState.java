package io.walkback.domain.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// What the newest rehearsal said about a backup (P9).
///
/// @param verdict what was proven
/// @param reason why it is not PROVEN; null when it is
/// @param at when the rehearsal ended
/// @param rtoMillis measured time to recover, in milliseconds
public record ProofState(
        Verdict verdict,
        @Nullable String reason,
        Instant at,
        @Nullable Long rtoMillis) {
    public ProofState {
        at = at.truncatedTo(ChronoUnit.MICROS);
    }
}

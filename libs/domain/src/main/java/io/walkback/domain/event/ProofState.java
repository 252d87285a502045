package io.walkback.domain.event;

import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.Verdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// What rehearsals have said about a backup (P9).
///
/// @param verdict what was proven
/// @param reason why it is not PROVEN; null when it is
/// @param at when the rehearsal ended
/// @param rtoMillis measured time to recover, in milliseconds
/// @param object the object of the repository, or the relation, that is at fault
/// @param drill the rehearsal
public record ProofState(
        Verdict verdict,
        @Nullable String reason,
        Instant at,
        @Nullable Long rtoMillis,
        @Nullable String object,
        @Nullable OperationId drill) {
    public ProofState {
        at = at.truncatedTo(ChronoUnit.MICROS);
    }
}

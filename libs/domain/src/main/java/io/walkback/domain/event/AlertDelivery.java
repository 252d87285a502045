package io.walkback.domain.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// How far one sink has been told about one cause. Key: alertKey/sink.
///
/// @param alertKey the cause
/// @param sink name of the sink
/// @param deliveredRevision revision of the alert that the sink accepted; 0 for none
/// @param deliveredStatus what the sink was last told
/// @param deliveredSeverity the severity that the sink was last told; UNKNOWN for none
/// @param attemptedRevision revision in hand, written before it is sent for the first time, so that nobody forgets
///     that the sink may know of it; 0 for none
/// @param attempts attempts at the revision in hand that were not accepted
/// @param firstAttemptAt when the first of those attempts was made; null when there is none
/// @param deliveredAt when the sink last accepted something
/// @param nextAttemptAt not before this; null when nothing is waiting, or when the sink is given up
/// @param lastError why the last attempt failed; never a secret
/// @param updatedAt when this was written
public record AlertDelivery(
        String alertKey,
        String sink,
        long deliveredRevision,
        AlertStatus deliveredStatus,
        Severity deliveredSeverity,
        long attemptedRevision,
        int attempts,
        @Nullable Instant firstAttemptAt,
        @Nullable Instant deliveredAt,
        @Nullable Instant nextAttemptAt,
        @Nullable String lastError,
        Instant updatedAt)
        implements State {
    public AlertDelivery {
        firstAttemptAt = firstAttemptAt == null ? null : firstAttemptAt.truncatedTo(ChronoUnit.MICROS);
        deliveredAt = deliveredAt == null ? null : deliveredAt.truncatedTo(ChronoUnit.MICROS);
        nextAttemptAt = nextAttemptAt == null ? null : nextAttemptAt.truncatedTo(ChronoUnit.MICROS);
        updatedAt = updatedAt.truncatedTo(ChronoUnit.MICROS);
    }
}

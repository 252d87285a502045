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
/// @param attempts attempts at the revision in hand
/// @param deliveredAt when the sink last accepted something
/// @param nextAttemptAt not before this; null when nothing is waiting
/// @param lastError why the last attempt failed; never a secret
/// @param updatedAt when this was written
public record AlertDelivery(
        String alertKey,
        String sink,
        long deliveredRevision,
        AlertStatus deliveredStatus,
        int attempts,
        @Nullable Instant deliveredAt,
        @Nullable Instant nextAttemptAt,
        @Nullable String lastError,
        Instant updatedAt)
        implements State {
    public AlertDelivery {
        deliveredAt = deliveredAt == null ? null : deliveredAt.truncatedTo(ChronoUnit.MICROS);
        nextAttemptAt = nextAttemptAt == null ? null : nextAttemptAt.truncatedTo(ChronoUnit.MICROS);
        updatedAt = updatedAt.truncatedTo(ChronoUnit.MICROS);
    }
}

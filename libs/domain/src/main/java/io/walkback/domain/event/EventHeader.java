package io.walkback.domain.event;

import io.walkback.domain.DatabaseId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What every event carries: its own id, the database that it is about, when it happened, and which version of
/// the truth it tells.
///
/// @param eventId identifies this event; a repetition carries the same id
/// @param database the database that this is about, also the key of the record
/// @param occurredAt when it happened, by the writer's clock, in microseconds
/// @param stateVersion offset in operation-log that this projects; readers join by it, a lower one never
///     undoes a higher one. Null where nothing is projected
public record EventHeader(
        UUID eventId,
        DatabaseId database,
        Instant occurredAt,
        @Nullable Long stateVersion) {
    public EventHeader {
        occurredAt = occurredAt.truncatedTo(ChronoUnit.MICROS);
    }
}

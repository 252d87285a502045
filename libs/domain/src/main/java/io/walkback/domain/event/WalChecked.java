package io.walkback.domain.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Whether the WAL of a database becomes durable in time. Told when the answer changes, and once after a start of
/// whoever looks, as soon as there is an answer.
///
/// @param header id, database and time of this record
/// @param exposedSince what was written from then on would be lost with the server, and that for longer than it
///     may; null: all is well
/// @param seen what is known of the cause, for people; null where all is well
public record WalChecked(
        EventHeader header,
        @Nullable Instant exposedSince,
        @Nullable String seen) implements Event {
    public WalChecked {
        exposedSince = exposedSince == null ? null : exposedSince.truncatedTo(ChronoUnit.MICROS);
    }
}

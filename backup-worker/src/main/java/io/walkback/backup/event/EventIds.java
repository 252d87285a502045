package io.walkback.backup.event;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.EventHeader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/// Headers of events that are told again after a restart: the id follows from what the event is about, so that a
/// repetition is known as one (P8).
public final class EventIds {
    private EventIds() {}

    /// @param about what makes two events of one kind the same, values separated by spaces
    public static EventHeader header(String kind, DatabaseId database, String about, Instant at) {
        byte[] name = (kind + " " + database + " " + about).getBytes(StandardCharsets.UTF_8);
        return new EventHeader(UUID.nameUUIDFromBytes(name), database, at, null);
    }
}

package io.walkback.messaging.serde;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Messages that tests share.
public final class Samples {
    private static final Instant AT = Instant.parse("2026-11-22T02:00:00Z");

    private Samples() {}

    public static BackupRequested request(String database, int number) {
        return request(database, number, Map.of());
    }

    public static BackupRequested request(String database, int number, Map<String, String> labels) {
        return new BackupRequested(
                new EventHeader(new UUID(number, number), new DatabaseId(database), AT, null),
                "request-" + number,
                new BackupId(database + "-" + number),
                BackupType.PHYSICAL,
                "ops",
                AT.plusSeconds(3600),
                labels,
                null,
                15,
                List.of());
    }
}

package io.walkback.alerting;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.RestoreCompleted;
import io.walkback.domain.event.RestoreFailed;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Events as the projector writes them.
public final class Facts {
    public static final DatabaseId SHOP = new DatabaseId("shop");

    private Facts() {}

    public static EventHeader header(DatabaseId database, Instant at, @Nullable Long version) {
        UUID id = version == null
                ? UUID.randomUUID()
                : UUID.nameUUIDFromBytes((database + "/" + version).getBytes(StandardCharsets.UTF_8));
        return new EventHeader(id, database, at, version);
    }

    public static BackupFailed backupFailed(
            DatabaseId database, Instant at, @Nullable Long version, boolean last, String message) {
        return new BackupFailed(
                header(database, at, version),
                new BackupId("b-" + version),
                BackupType.PHYSICAL,
                new Problem(FailureCode.POSTGRES_UNREACHABLE, message, "Start the server."),
                last ? 3 : 1,
                last);
    }

    public static RestoreFailed restoreFailed(DatabaseId database, Instant at, long version) {
        return new RestoreFailed(
                header(database, at, version),
                new OperationId("r-" + version),
                new BackupId("b-1"),
                new Problem(FailureCode.TARGET_SPACE, "no space in '/srv/pg': 3 bytes missing", "Make space."),
                1,
                true,
                "fetch",
                "db7",
                "/srv/pg");
    }

    public static RestoreCompleted restoreCompleted(DatabaseId database, Instant at, long version) {
        return new RestoreCompleted(
                header(database, at, version),
                new OperationId("r-" + version),
                new BackupId("b-1"),
                null,
                null,
                new TimelineId(2),
                Map.of("fetch", 1.5),
                1_000,
                "db7",
                "/srv/pg",
                null,
                null,
                null);
    }
}

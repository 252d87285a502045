package io.walkback.scheduler;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.FailureState;
import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.RecoveryTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Values that several tests need.
public final class Samples {
    public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    public static final DatabaseId SHOP = new DatabaseId("shop");
    public static final Problem BROKEN = new Problem(FailureCode.STORE_FULL, "no space left", "Make some.");

    private Samples() {}

    public static EventHeader header(DatabaseId database, @Nullable Long version) {
        return new EventHeader(UUID.randomUUID(), database, NOW, version);
    }

    public static DatabaseRegistration database(String name, String cron, boolean streamWal) {
        return new DatabaseRegistration(
                new DatabaseId(name),
                new Connection("127.0.0.1", 5432, "postgres", "walkback", null, "prefer", null),
                null,
                new BackupPolicy(true, cron, ZoneId.of("UTC"), 3, false, 0, streamWal, Duration.ofDays(30), 3),
                Map.of());
    }

    public static BackupRequested backupRequested(String database, String id) {
        return new BackupRequested(
                header(new DatabaseId(database), null),
                id,
                new BackupId(id),
                BackupType.PHYSICAL,
                "anne",
                NOW.plus(Duration.ofDays(3650)),
                Map.of(),
                null,
                null,
                List.of());
    }

    public static RestoreRequested restoreRequested(String database, String id, boolean destructive) {
        return restoreRequested(database, id, new RecoveryTarget.Latest(), destructive);
    }

    public static RestoreRequested restoreRequested(
            String database, String id, RecoveryTarget target, boolean destructive) {
        return new RestoreRequested(
                header(new DatabaseId(database), null),
                id,
                new OperationId(id),
                null,
                target,
                null,
                "db2",
                "/srv/restored",
                Map.of(),
                false,
                destructive,
                null,
                null,
                "anne",
                NOW.plus(Duration.ofDays(3650)),
                false,
                false,
                false,
                null,
                null);
    }

    public static Operation operation(
            String database, String id, Command command, OperationState state, @Nullable Instant notAfter) {
        return new Operation(
                new OperationId(id),
                new DatabaseId(database),
                command.kind(),
                command,
                Map.of(),
                0,
                3,
                "anne",
                NOW.minusSeconds(60),
                notAfter,
                state,
                false,
                false,
                Set.of(),
                Set.of(),
                null,
                7);
    }

    public static BackupCatalogEntry backup(String database, String id, BackupStatus status, Instant ended) {
        return backup(database, id, BackupType.PHYSICAL, status, ended);
    }

    public static BackupCatalogEntry backup(
            String database, String id, BackupType type, BackupStatus status, Instant ended) {
        boolean copied = status == BackupStatus.COMPLETED;
        return new BackupCatalogEntry(
                header(new DatabaseId(database), 7L),
                new BackupId(id),
                type,
                status,
                "anne",
                ended.minusSeconds(60),
                Map.of(),
                1,
                copied ? extent() : null,
                copied ? ended.minusSeconds(50) : null,
                copied ? ended : null,
                null,
                status == BackupStatus.FAILED ? new FailureState(BROKEN, ended) : null,
                null,
                null,
                1);
    }

    /// What a worker says of a backup that is all there.
    public static Facts.BackedUp facts(String id) {
        return facts(id, Lsn.parse("0/5000000"));
    }

    /// The same of one that lies in the segment at `begin`.
    public static Facts.BackedUp facts(String id, Lsn begin) {
        return new Facts.BackedUp(
                new BackupId(id),
                new SystemIdentifier(42),
                150_019,
                TimelineId.FIRST,
                begin.plus(0x28),
                begin.plus(0x100100),
                16 << 20,
                1_000,
                100,
                "sha256:00",
                Instant.parse("2026-11-22T02:00:00Z"),
                Instant.parse("2026-11-22T02:01:00Z"),
                0);
    }

    public static BackupExtent extent() {
        return new BackupExtent(
                Lsn.parse("0/5000028"),
                Lsn.parse("0/5100100"),
                TimelineId.FIRST,
                new SystemIdentifier(42),
                150_019,
                16 << 20,
                209_715_200,
                5_120_000_000L,
                "sha256:00",
                0);
    }
}

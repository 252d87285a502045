package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A fold, and records to write to it one after the other.
abstract class OperationFoldCase {
    static final DatabaseId SHOP = new DatabaseId("shop");
    static final Instant T0 = Instant.parse("2026-11-22T02:00:00Z");
    static final WorkerId ANNE = new WorkerId("anne", new UUID(0, 1));
    static final WorkerId BERT = new WorkerId("bert", new UUID(0, 2));

    final OperationFold fold = new OperationFold();
    private long offset;

    final Epoch place() {
        return new Epoch("log", 0, offset++);
    }

    final Optional<OperationFold.Change> write(OperationRecord record) {
        return fold.apply(record, place());
    }

    final Epoch claim(String operation, int attempt, WorkerId worker, Resource resource) {
        Epoch epoch = place();
        fold.apply(claimed(operation, attempt, worker, Set.of(resource), Set.of()), epoch);
        return epoch;
    }

    static OperationRecord.Opened backup(String id, int attempts) {
        return new OperationRecord.Opened(
                SHOP,
                new OperationId(id),
                new Command.TakeBackup(new BackupId(id)),
                Map.of(),
                attempts,
                "cron",
                null,
                T0);
    }

    static OperationRecord.Claimed claimed(
            String id, int attempt, WorkerId worker, Set<Resource> resources, Set<BackupId> pins) {
        return new OperationRecord.Claimed(SHOP, new OperationId(id), attempt, worker, resources, pins, T0);
    }

    static Facts.BackedUp facts(String id) {
        return new Facts.BackedUp(
                new BackupId(id),
                new SystemIdentifier(7),
                150019,
                TimelineId.FIRST,
                Lsn.parse("0/2000028"),
                Lsn.parse("0/2000100"),
                WalSegment.DEFAULT_SIZE,
                100,
                10,
                "sha256:00",
                T0,
                T0,
                0);
    }

    final OperationState state(String id) {
        return fold.find(new OperationId(id)).orElseThrow().state();
    }
}

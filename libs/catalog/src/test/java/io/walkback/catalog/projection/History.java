package io.walkback.catalog.projection;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.Verdict;
import io.walkback.domain.operation.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes a log of one partition, folds and projects it. One second passes per record.
final class History {
    static final DatabaseId SHOP = new DatabaseId("shop");
    static final WorkerId ANNE = new WorkerId("anne", new UUID(0, 1));
    static final Instant T0 = Instant.parse("2026-11-22T02:00:00Z");
    static final Problem BROKEN =
            new Problem(FailureCode.POSTGRES_UNREACHABLE, "no answer from 10.0.0.5:5432", "Start it.");

    final List<OperationRecord> records = new ArrayList<>();
    final List<Projected> projected = new ArrayList<>();
    final List<BackupCatalogEntry> catalog = new ArrayList<>();
    private final OperationFold fold = new OperationFold();

    Instant now() {
        return T0.plusSeconds(records.size());
    }

    Epoch write(OperationRecord record) {
        Epoch place = new Epoch("log", 3, records.size());
        records.add(record);
        fold.apply(record, place)
                .ifPresent(change -> projected.add(LogProjection.project(change, fold, _ -> catalog.stream())));
        return place;
    }

    Projected last() {
        return projected.getLast();
    }

    void open(String id, Command command, int attempts) {
        write(new OperationRecord.Opened(
                SHOP, new OperationId(id), command, Map.of("region", "eu"), attempts, "anne", null, now()));
    }

    void openBackup(String id, int attempts) {
        open(id, new Command.TakeBackup(new BackupId(id)), attempts);
    }

    void reject(String id, OperationKind kind) {
        write(new OperationRecord.Rejected(SHOP, new OperationId(id), kind, "anne", BROKEN, now()));
    }

    Epoch claim(String id, int attempt, String... pins) {
        Set<BackupId> pinned = Set.of(pins).stream().map(BackupId::new).collect(Collectors.toUnmodifiableSet());
        return write(new OperationRecord.Claimed(
                SHOP, new OperationId(id), attempt, ANNE, Set.of(new Resource("r:" + id)), pinned, now()));
    }

    void fail(String id, Epoch epoch, boolean retryable) {
        write(new OperationRecord.AttemptFailed(SHOP, new OperationId(id), epoch, BROKEN, retryable, now()));
    }

    void copy(String id, Epoch epoch) {
        write(new OperationRecord.Copied(SHOP, new OperationId(id), epoch, facts(id), now()));
    }

    void complete(String id, Epoch epoch, Facts facts) {
        write(new OperationRecord.Completed(SHOP, new OperationId(id), epoch, facts, now()));
    }

    void completeBackup(String id) {
        openBackup(id, 3);
        Epoch epoch = claim(id, 1);
        copy(id, epoch);
        complete(id, epoch, facts(id));
    }

    static Command restore(@Nullable String backup) {
        return new Command.Restore(
                backup == null ? null : new BackupId(backup),
                new RecoveryTarget.Latest(),
                null,
                "db2",
                "/srv/restored",
                Map.of(),
                true);
    }

    static Facts.BackedUp facts(String id) {
        return new Facts.BackedUp(
                new BackupId(id),
                new SystemIdentifier(7),
                150019,
                TimelineId.FIRST,
                Lsn.parse("0/2000028"),
                Lsn.parse("0/2000100"),
                16 << 20,
                100,
                10,
                "sha256:00",
                T0,
                T0.plus(Duration.ofMinutes(1)),
                2);
    }

    /// A rehearsal of `backup` that came to `verdict`.
    Instant rehearse(String id, String backup, Verdict verdict) {
        open(id, rehearsal(), 3);
        Epoch epoch = claim(id, 1, backup);
        Instant at = now();
        complete(id, epoch, rehearsed(backup, verdict));
        return at;
    }

    static Command rehearsal() {
        return new Command.Rehearse(
                DrillChoice.NEWEST, null, new RecoveryTarget.Latest(), null, List.of(), Duration.ofHours(4));
    }

    static Facts.Rehearsed rehearsed(String backup, Verdict verdict) {
        boolean proven = verdict == Verdict.PROVEN;
        return new Facts.Rehearsed(
                new BackupId(backup),
                verdict,
                proven ? null : "a reason",
                proven ? null : "packs/p1",
                90_000,
                proven ? 5_000L : null,
                Map.of("fetch", 60.0, "replay", 30.0),
                7_000,
                1_000,
                200,
                proven ? Lsn.parse("0/3000000") : null,
                proven ? T0 : null,
                proven ? new TimelineId(2) : null,
                "network-namespace",
                List.of("hash index public.h"),
                "sha256:11",
                "anne");
    }

    static Facts.Restored restored(String backup) {
        return new Facts.Restored(
                new BackupId(backup),
                Lsn.parse("0/3000000"),
                T0,
                new TimelineId(2),
                "db2",
                "/srv/restored",
                100,
                Map.of("fetch", 1.5),
                "/run/pg",
                60L);
    }
}

package io.walkback.operations;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Attempts and live operations as the runtime makes them, for handlers under test.
public final class TestAttempts {
    private static final Instant AT = Instant.parse("2026-05-01T02:00:00Z");

    private TestAttempts() {}

    /// An attempt that holds its operation, its claim renewed just now.
    public static Attempt claimed(DatabaseId database, String id, Command command, BackupId... pins) {
        return claimed(database, id, command, System.nanoTime(), pins);
    }

    /// The same, renewed for the last time at `renewedNanos`.
    public static Attempt claimed(
            DatabaseId database, String id, Command command, long renewedNanos, BackupId... pins) {
        OperationFold fold = new OperationFold();
        OperationId operation = new OperationId(id);
        WorkerId worker = new WorkerId("test", UUID.randomUUID());
        fold.apply(
                new OperationRecord.Opened(database, operation, command, Map.of(), 3, "test", null, AT),
                new Epoch("t", 0, 0));
        Epoch epoch = new Epoch("t", 0, 1);
        Operation held = fold.apply(
                        new OperationRecord.Claimed(
                                database, operation, 1, worker, Set.of(Resource.base(database)), Set.of(pins), AT),
                        epoch)
                .orElseThrow()
                .after();
        LeaseTimes times = new LeaseTimes(Duration.ofSeconds(3));
        boolean[] made = new boolean[1];
        return new Attempt(held, epoch, worker, times, () -> {
            if (!made[0]) {
                made[0] = true;
                return renewedNanos;
            }
            return System.nanoTime();
        });
    }

    /// What the runtime does when an attempt is over, before it interrupts the thread.
    public static void end(Attempt attempt) {
        attempt.end();
    }

    /// The phase that the next heartbeat would tell.
    public static String phase(Attempt attempt) {
        return attempt.heartbeat(java.time.Clock.systemUTC()).phase();
    }

    /// How far the attempt says that it is.
    public static long bytesDone(Attempt attempt) {
        return attempt.heartbeat(java.time.Clock.systemUTC()).bytesDone();
    }

    /// A live view that has been read to its end.
    public static LiveOperations live(Operation... operations) {
        LiveOperations live = new LiveOperations();
        for (Operation operation : operations) {
            live.put(operation);
        }
        live.reachedTheEnd();
        return live;
    }

    /// A backup on timeline 1 that is copied, from `start` to `stop`.
    public static Operation awaitingWal(DatabaseId database, String id, Lsn start, Lsn stop) {
        return awaitingWal(
                database,
                id,
                new Facts.BackedUp(
                        new BackupId(id),
                        new SystemIdentifier(7),
                        150_019,
                        TimelineId.FIRST,
                        start,
                        stop,
                        1 << 20,
                        1,
                        1,
                        "sha256:" + "0".repeat(64),
                        AT,
                        AT,
                        0));
    }

    public static Operation awaitingWal(DatabaseId database, String id, Facts.BackedUp facts) {
        OperationFold fold = new OperationFold();
        OperationId operation = new OperationId(id);
        Command command = new Command.TakeBackup(facts.backup());
        Epoch epoch = new Epoch("t", 0, 1);
        fold.apply(
                new OperationRecord.Opened(database, operation, command, Map.of(), 3, "test", null, AT),
                new Epoch("t", 0, 0));
        fold.apply(
                new OperationRecord.Claimed(
                        database, operation, 1, new WorkerId("test", UUID.randomUUID()), Set.of(), Set.of(), AT),
                epoch);
        return fold.apply(new OperationRecord.Copied(database, operation, epoch, facts, AT), new Epoch("t", 0, 2))
                .orElseThrow()
                .after();
    }

    public static void put(LiveOperations live, Operation operation) {
        live.put(operation);
    }
}

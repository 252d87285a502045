package io.walkback.operations;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.WorkerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Operations and attempts as the runtime makes them, for a handler under test.
public final class TestAttempts {
    private static final Instant AT = Instant.parse("2026-05-01T02:00:00Z");
    private static final Epoch OPENED = new Epoch("t", 0, 0);
    private static final Epoch CLAIMED = new Epoch("t", 0, 1);

    private TestAttempts() {}

    /// An operation that nobody has claimed.
    public static Operation open(DatabaseId database, String id, Command command) {
        return opened(new OperationFold(), database, id, command);
    }

    /// The same once its first attempt is lost.
    public static Operation openAgain(DatabaseId database, String id, Command command) {
        OperationFold fold = new OperationFold();
        WorkerId worker = worker();
        claimed(fold, opened(fold, database, id, command), worker);
        return fold.apply(
                        new OperationRecord.AttemptLost(database, new OperationId(id), CLAIMED, worker, AT),
                        new Epoch("t", 0, 2))
                .orElseThrow()
                .after();
    }

    /// An attempt that holds its operation, renewed just now; the lease is 3 s.
    public static Attempt attempt(DatabaseId database, String id, Command command, BackupId... pins) {
        OperationFold fold = new OperationFold();
        WorkerId worker = worker();
        Operation held = claimed(fold, opened(fold, database, id, command), worker, pins);
        return new Attempt(held, CLAIMED, worker, new LeaseTimes(Duration.ofSeconds(3)), System::nanoTime);
    }

    /// The same, whose heartbeats nobody acknowledged for a minute.
    public static Attempt staleAttempt(DatabaseId database, String id, Command command) {
        OperationFold fold = new OperationFold();
        WorkerId worker = worker();
        Operation held = claimed(fold, opened(fold, database, id, command), worker);
        boolean[] made = new boolean[1];
        return new Attempt(held, CLAIMED, worker, new LeaseTimes(Duration.ofSeconds(3)), () -> {
            long age = made[0] ? 0 : Duration.ofMinutes(1).toNanos();
            made[0] = true;
            return System.nanoTime() - age;
        });
    }

    /// A heartbeat is acknowledged.
    public static void renew(Attempt attempt) {
        attempt.renewed(System.nanoTime());
    }

    /// What the runtime does when an attempt is over, before it interrupts the thread.
    public static void end(Attempt attempt) {
        attempt.end();
    }

    /// The phase that the next heartbeat would tell.
    public static String phase(Attempt attempt) {
        return attempt.heartbeat(Clock.systemUTC()).phase();
    }

    private static WorkerId worker() {
        return new WorkerId("test", UUID.randomUUID());
    }

    private static Operation opened(OperationFold fold, DatabaseId database, String id, Command command) {
        return fold.apply(
                        new OperationRecord.Opened(
                                database, new OperationId(id), command, Map.of(), 3, "test", null, AT),
                        OPENED)
                .orElseThrow()
                .after();
    }

    private static Operation claimed(OperationFold fold, Operation open, WorkerId worker, BackupId... pins) {
        return fold.apply(
                        new OperationRecord.Claimed(open.database(), open.id(), 1, worker, Set.of(), Set.of(pins), AT),
                        CLAIMED)
                .orElseThrow()
                .after();
    }
}

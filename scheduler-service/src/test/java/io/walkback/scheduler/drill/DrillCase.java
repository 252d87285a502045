package io.walkback.scheduler.drill;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;

import io.walkback.domain.BackupId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.DrillHistory;
import io.walkback.domain.event.DrillRun;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.Verdict;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A database with a backup, of which rehearsals come to their ends.
final class DrillCase implements AutoCloseable {
    static final Instant LONG_AGO = NOW.minus(Duration.ofDays(100));

    final Filled filled = new Filled();
    final Sent sent = new Sent(NOW);
    private final List<DrillRun> runs = new ArrayList<>();
    private long version = 100;

    void register(DrillPolicy policy, Instant writtenAt) {
        DatabaseRegistration usual = Samples.database("shop", "0 0 2 * * *", false);
        filled.put(
                new DatabaseRegistration(
                        usual.id(), usual.connection(), null, usual.policy().rehearsed(policy), Map.of()),
                writtenAt);
    }

    void backedUp(Instant at) {
        filled.put(Samples.backup("shop", "b1", BackupStatus.COMPLETED, at), at);
    }

    void drilled(String id, Verdict verdict, Instant at, long rtoMs, @Nullable Long rpoMs) {
        runs.add(new DrillRun(
                new OperationId(id),
                at,
                new BackupId("b1"),
                verdict,
                verdict == Verdict.PROVEN ? null : "a reason",
                null,
                rtoMs,
                rpoMs,
                Map.of("fetch", rtoMs / 1e3, "first_query", 0.0),
                10,
                209_715_200,
                0,
                at,
                "settings-only",
                "node-1",
                null));
        filled.put(new DrillHistory(Samples.header(SHOP, version++), runs), at);
    }

    static DrillPolicy every(Duration every) {
        DrillPolicy usual = DrillPolicy.DEFAULT;
        return new DrillPolicy(
                every, false, Duration.ZERO, usual.limit(), usual.rto(), usual.rpo(), usual.assertions());
    }

    @Override
    public void close() {
        filled.close();
    }
}

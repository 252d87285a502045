package io.walkback.backup.wal;

import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.backup.commits.CommitWatch;
import io.walkback.backup.event.Announcements;
import io.walkback.backup.heartbeat.HeartbeatRow;
import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.ServerAccess;
import io.walkback.backup.slot.SlotWatch;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.operations.Attempt;
import java.sql.Connection;
import java.time.Clock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What whoever holds a reception does on its server beside receiving, each on a connection of its own and whether
/// anything is received or not: watches the slot, watches the commits that wait, writes the row that RPO is
/// measured by. Begins with its construction; [#close] ends it. Thread-safe.
final class BesideReception implements AutoCloseable {
    private final Exposures exposure;
    private final SlotWatch slot;
    private final CommitWatch commits;
    private final HeartbeatRow row;

    BesideReception(
            DatabaseId database,
            Databases databases,
            ServerAccess servers,
            Announcements announcements,
            Exposures exposure,
            MeterRegistry registry,
            Clock clock) {
        Supplier<Connection> connect = () -> servers.sql(databases.require(database));
        this.exposure = exposure;
        this.slot = SlotWatch.start(database, connect, announcements, registry, clock);
        this.commits = CommitWatch.start(
                database,
                connect,
                () -> says(databases, database, BackupPolicy::hasTail),
                announcements,
                registry,
                clock);
        this.row = HeartbeatRow.start(
                database,
                connect,
                () -> says(databases, database, BackupPolicy::heartbeat),
                () -> exposure.now().at(System.nanoTime()),
                exposure.now()::durableEnd,
                registry);
    }

    /// The policy as it is now; of a database that was removed nothing is wanted.
    private static boolean says(Databases databases, DatabaseId database, Predicate<BackupPolicy> wanted) {
        return databases
                .find(database)
                .map(known -> wanted.test(known.policy()))
                .orElse(false);
    }

    /// What would be lost now, null before the server was asked.
    Attempt.@Nullable Exposed exposed() {
        return exposure.now().isKnown()
                ? new Attempt.Exposed(row.rpo(), exposure.store().at(System.nanoTime()))
                : null;
    }

    @Override
    public void close() {
        row.close();
        commits.close();
        slot.close();
    }
}

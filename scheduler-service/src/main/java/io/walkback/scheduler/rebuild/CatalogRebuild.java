package io.walkback.scheduler.rebuild;

import io.walkback.catalog.view.StateFollower;
import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.expiry.RepositoryAccess;
import io.walkback.scheduler.rebuild.RebuildPage.Row;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes backups known that the repository has and the catalog lost, a page at a time. Thread-safe.
///
/// Memory: the ids of one database's backups, and of one manifest the pack table; the rest of it is streamed.
public final class CatalogRebuild {
    /// Backups to a page.
    static final int ROWS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(CatalogRebuild.class);
    private static final Duration CATCHING_UP = Duration.ofSeconds(15);
    /// A page ends with the first backup after this, so that whoever asked hears something.
    private static final Duration WORK = Duration.ofSeconds(20);

    private static final Duration PROJECTING = Duration.ofSeconds(30);

    private final State state;
    private final StateFollower follower;
    private final RepositoryAccess repositories;
    private final CommandWriter commands;
    private final Consumer<OperationRecord> log;
    private final Clock clock;
    private final int rows;

    /// @param log appends a record, and throws [RetryableException] when the brokers do not take it
    public CatalogRebuild(
            State state,
            StateFollower follower,
            RepositoryAccess repositories,
            CommandWriter commands,
            Consumer<OperationRecord> log,
            Clock clock) {
        this(state, follower, repositories, commands, log, clock, ROWS);
    }

    CatalogRebuild(
            State state,
            StateFollower follower,
            RepositoryAccess repositories,
            CommandWriter commands,
            Consumer<OperationRecord> log,
            Clock clock,
            int rows) {
        this.state = state;
        this.follower = follower;
        this.repositories = repositories;
        this.commands = commands;
        this.log = log;
        this.clock = clock;
        this.rows = rows;
    }

    /// One page. Throws [IllegalArgumentException] for an `after` that no page gave.
    ///
    /// @param only   this database; null: all
    /// @param after  where the page before ended; null: from the beginning
    /// @param dryRun looks and writes nothing
    public RebuildPage page(@Nullable DatabaseId only, @Nullable String after, boolean dryRun)
            throws InterruptedException {
        Place from = Place.parse(after);
        if (!follower.catchUp(CATCHING_UP)) {
            throw behind("the views did not reach the ends of their topics within " + CATCHING_UP.toSeconds() + " s");
        }
        try (Repository repository = repositories.open()) {
            Run run = new Run(from, new Judgement(state, clock));
            Place next = run.over(repository, only == null ? repository.databases() : List.of(only));
            List<OperationRecord.Found> found = run.judgement.found();
            if (!dryRun && !found.isEmpty()) {
                write(repository, found);
            }
            return new RebuildPage(
                    repository.store().location(), run.databases, run.rows, next == null ? null : next.toString());
        }
    }

    private final class Run {
        private final @Nullable Place from;
        private final Judgement judgement;
        private final List<Row> rows = new ArrayList<>();
        private final List<RebuildPage.Database> databases = new ArrayList<>();
        private final long deadline = System.nanoTime() + WORK.toNanos();

        Run(@Nullable Place from, Judgement judgement) {
            this.from = from;
            this.judgement = judgement;
        }

        /// Where the next page begins; null when everything was looked at.
        private @Nullable Place over(Repository repository, List<DatabaseId> names) {
            for (DatabaseId name : names) {
                if (from != null && name.compareTo(from.database()) < 0) {
                    continue;
                }
                Place end;
                try {
                    end = over(repository, name);
                } catch (CorruptDataException damage) {
                    // Its list of lineages: no backup of it can be found, and the other databases have theirs.
                    rows.add(Judgement.unreadable(name, null, damage.text()));
                    continue;
                }
                if (end != null) {
                    return end;
                }
            }
            return null;
        }

        private @Nullable Place over(Repository repository, DatabaseId name) {
            // A cluster that was adopted again is there twice.
            List<SystemIdentifier> systems =
                    repository.systems(name).stream().distinct().toList();
            if (from == null) {
                databases.add(new RebuildPage.Database(
                        name, systems, state.database(name).isPresent()));
            }
            for (int i = 0; i < systems.size(); i++) {
                LineageRepository lineage =
                        repository.find(name, systems.get(i)).orElseThrow();
                for (BackupId backup : lineage.backups()) {
                    Place here = new Place(name, i, backup);
                    if (from != null && here.compareTo(from) <= 0) {
                        continue;
                    }
                    judgement.of(lineage, backup).ifPresent(rows::add);
                    if (rows.size() >= CatalogRebuild.this.rows || System.nanoTime() - deadline > 0) {
                        return here;
                    }
                }
            }
            return null;
        }
    }

    private void write(Repository repository, List<OperationRecord.Found> found) throws InterruptedException {
        // The intent is audited first: an entry without a record is a crash, a record without an entry a hole.
        commands.write(
                new Act(
                        "api",
                        "catalog.rebuild",
                        repository.id().toString(),
                        null,
                        AuditOutcome.INTENDED,
                        null,
                        Map.of("backups", Integer.toString(found.size()))),
                List.of());
        found.forEach(log);
        long deadline = System.nanoTime() + PROJECTING.toNanos();
        for (OperationRecord.Found each : found) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            String key = each.database() + "/" + each.operation();
            if (state.backups().await(key, _ -> true, left).isEmpty()) {
                throw behind("backup '" + each.operation() + "' of database '" + each.database()
                        + "' is in the operation log and not in the catalog after " + PROJECTING.toSeconds() + " s");
            }
        }
        LOG.atInfo()
                .addKeyValue("backups", found.size())
                .addKeyValue("repository", repository.store().location())
                .log("backups of the repository are in the catalog again");
    }

    private static RetryableException behind(String message) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                message,
                "See whether the brokers are up and a scheduler-service projects; then run it again, what is known"
                        + " stays as it is.");
    }
}

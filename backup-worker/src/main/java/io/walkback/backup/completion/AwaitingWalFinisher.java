package io.walkback.backup.completion;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.event.EventIds;
import io.walkback.backup.inventory.Databases;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import io.walkback.operations.LiveOperations;
import io.walkback.operations.OperationLog;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says `Completed` for backups whose manifest is committed, whose packs are all there with their sizes, and whose
/// WAL from start to stop is in the repository, and locked like the manifest where a policy wants locks (P1).
///
/// Says `AttemptFailed` with `WAL_GAP` for those whose WAL will never be complete: reception went past a segment
/// that is missing, or the policy brings no WAL any more. Where WAL is pushed no segment counts as passed.
///
/// Every worker runs one; none holds a slot or a claim for it. They look at different moments, and the fold hears
/// the first. A backup that lacks something else just stays awaiting; damage is told as a finding, once per life
/// of a worker.
public final class AwaitingWalFinisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AwaitingWalFinisher.class);
    /// Until our own record comes back from the log, or some other worker's does, nothing is said again.
    private static final Duration SAID = Duration.ofSeconds(30);
    /// The last segment of a backup arrives within a moment of its end, and somebody waits for it: a backup that
    /// began to await its WAL less than [#FRESH] ago is looked at this often, give or take half.
    private static final Duration QUICK = Duration.ofMillis(200);

    private static final Duration FRESH = Duration.ofSeconds(30);
    private static final Duration CLOSING_GRACE = Duration.ofSeconds(5);

    private final Repository repository;
    private final LiveOperations live;
    private final OperationLog log;
    private final Announcements announcements;
    private final Databases databases;
    private final Clock clock;
    private final Duration every;
    private final Consumer<Throwable> onFatal;
    private final Map<OperationId, Long> saidNanos = new HashMap<>();
    private final Map<OperationId, String> told = new HashMap<>();
    private final Map<OperationId, Long> seenNanos = new HashMap<>();
    private final Thread thread;
    private volatile boolean closing;

    /// @param every how often it looks at everything that awaits WAL, give or take half; what began to await it a
    /// moment ago is looked at more often
    public AwaitingWalFinisher(
            Repository repository,
            LiveOperations live,
            OperationLog log,
            Announcements announcements,
            Databases databases,
            Clock clock,
            Duration every,
            Consumer<Throwable> onFatal) {
        this.repository = repository;
        this.live = live;
        this.log = log;
        this.announcements = announcements;
        this.databases = databases;
        this.clock = clock;
        this.every = every;
        this.onFatal = onFatal;
        this.thread = Thread.ofVirtual().name("awaiting-wal").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            long thorough = System.nanoTime() + about(every).toNanos();
            while (!closing) {
                // The rhythm of this thread, not a wait for anything; closing interrupts it.
                Thread.sleep(about(every.compareTo(QUICK) < 0 ? every : QUICK));
                if (!live.hasCaughtUp() || !databases.isReady()) {
                    // Without the policies nobody knows what is to be locked.
                    continue;
                }
                if (System.nanoTime() - thorough >= 0) {
                    thorough = System.nanoTime() + about(every).toNanos();
                    look();
                } else {
                    lookQuickly();
                }
            }
        } catch (InterruptedException _) {
            LOG.atDebug().log("completion of backups ends");
        } catch (RuntimeException | Error fault) {
            if (!closing) {
                LOG.atError().setCause(fault).log("completion of backups stopped");
                onFatal.accept(fault);
            }
        }
    }

    /// Half of it to one and a half, so that workers look at different moments.
    private static Duration about(Duration time) {
        return time.dividedBy(2).plusMillis(ThreadLocalRandom.current().nextLong(time.toMillis() + 1));
    }

    private List<Operation> awaiting() {
        return live.all().stream()
                .filter(operation -> operation.state() instanceof OperationState.AwaitingWal)
                .toList();
    }

    /// Completes those that began to await their WAL a moment ago and have it; whatever else is to be said of them
    /// is said by [#look].
    void lookQuickly() {
        List<Operation> awaiting = awaiting();
        seenNanos.keySet().removeIf(id -> awaiting.stream()
                .noneMatch(each -> each.id().equals(id)));
        for (Operation operation : awaiting) {
            long seen = seenNanos.computeIfAbsent(operation.id(), _ -> System.nanoTime());
            if (operation.state() instanceof OperationState.AwaitingWal waiting
                    && System.nanoTime() - seen < FRESH.toNanos()
                    && !saidNanos.containsKey(operation.id())) {
                completeIfCovered(operation, waiting);
            }
        }
    }

    private void completeIfCovered(Operation operation, OperationState.AwaitingWal waiting) {
        try {
            LineageRepository lineage = lineage(operation, waiting.facts());
            if (WalCoverage.firstMissing(lineage.wal(), waiting.facts()).isEmpty()) {
                finish(lineage, waiting.facts());
                say(operation, completed(operation, waiting), "backup has all its wal");
            }
        } catch (PlatformException fault) {
            LOG.atDebug()
                    .setCause(fault)
                    .addKeyValue("operationId", operation.id())
                    .log("completeness of a backup not known yet, the next thorough look says why");
        }
    }

    /// One look at every backup that awaits its WAL.
    void look() {
        List<Operation> awaiting = awaiting();
        saidNanos.keySet().removeIf(id -> awaiting.stream()
                .noneMatch(each -> each.id().equals(id)));
        told.keySet()
                .removeIf(id -> awaiting.stream().noneMatch(each -> each.id().equals(id)));
        for (Operation operation : awaiting) {
            Long said = saidNanos.get(operation.id());
            if (operation.state() instanceof OperationState.AwaitingWal waiting
                    && (said == null || System.nanoTime() - said > SAID.toNanos())) {
                look(operation, waiting);
            }
        }
    }

    private void look(Operation operation, OperationState.AwaitingWal waiting) {
        try {
            LineageRepository lineage = lineage(operation, waiting.facts());
            Optional<String> missing = WalCoverage.firstMissing(lineage.wal(), waiting.facts());
            if (missing.isEmpty()) {
                finish(lineage, waiting.facts());
                say(operation, completed(operation, waiting), "backup has all its wal");
            } else if (missing.get().equals(told.put(operation.id(), missing.get()))) {
                hopeless(lineage, operation, waiting.facts(), missing.get())
                        .ifPresent(problem -> say(
                                operation, failed(operation, waiting, problem), "backup will never have all its wal"));
            } else {
                LOG.atInfo()
                        .addKeyValue("operationId", operation.id())
                        .addKeyValue("databaseId", operation.database())
                        .addKeyValue("missing", missing.get())
                        .log("backup awaits its wal");
            }
        } catch (CorruptDataException damage) {
            if (!damage.text().equals(told.put(operation.id(), damage.text()))) {
                announce(operation, waiting.facts(), damage);
            }
        } catch (PlatformException fault) {
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("operationId", operation.id())
                    .addKeyValue("failureCode", fault.code())
                    .log("completeness of a backup not known yet");
        }
    }

    private LineageRepository lineage(Operation operation, Facts.BackedUp facts) {
        return repository
                .find(operation.database(), facts.system())
                .orElseThrow(() -> new CorruptDataException(
                        FailureCode.OBJECT_MISSING,
                        "database '" + operation.database() + "' has no lineage " + facts.system() + " in '"
                                + repository.store().location() + "', which holds backup " + facts.backup(),
                        "This worker has another repository than the one that made the backup, or it was removed."));
    }

    private void finish(LineageRepository lineage, Facts.BackedUp facts) {
        WholeBackup.require(lineage, facts);
        WholeBackup.lockWal(lineage, facts, databases.find(lineage.lineage().database()));
    }

    /// Why nobody will bring what is missing; empty while somebody may.
    private Optional<Problem> hopeless(
            LineageRepository lineage, Operation operation, Facts.BackedUp facts, String missing) {
        String lack = "backup '" + facts.backup() + "' needs wal from " + facts.start() + " to " + facts.stop() + ", '"
                + missing + "' is missing, and ";
        Optional<BackupPolicy> policy = databases.isReady()
                ? databases.find(operation.database()).map(DatabaseRegistration::policy)
                : Optional.empty();
        // Pushed segments may overtake each other, and a server brings one that failed whenever it can.
        boolean inOrder = !policy.map(BackupPolicy::pushWal).orElse(false);
        Optional<WalSegment> gone = inOrder ? WalCoverage.gone(lineage.wal(), facts) : Optional.empty();
        if (gone.isPresent()) {
            return Optional.of(new Problem(
                    FailureCode.WAL_GAP,
                    lack + "wal after it is there, so that hole stays",
                    "Take another one: walkback backup create --database " + operation.database()
                            + "; wal-gap-detected says what made the hole."));
        }
        return policy.map(BackupPolicy::bringsWal).orElse(true)
                ? Optional.empty()
                : Optional.of(new Problem(
                        FailureCode.WAL_GAP,
                        lack + "the policy neither streams wal nor has it pushed",
                        "Set streamWal: true, or pushWal: true, in the policy of database " + operation.database()
                                + " and take another backup."));
    }

    private OperationRecord completed(Operation operation, OperationState.AwaitingWal waiting) {
        return new OperationRecord.Completed(
                operation.database(), operation.id(), waiting.epoch(), waiting.facts(), clock.instant());
    }

    private OperationRecord failed(Operation operation, OperationState.AwaitingWal waiting, Problem problem) {
        return new OperationRecord.AttemptFailed(
                operation.database(), operation.id(), waiting.epoch(), problem, false, clock.instant());
    }

    private void say(Operation operation, OperationRecord ending, String what) {
        saidNanos.put(operation.id(), System.nanoTime());
        var _ = log.append(ending).whenComplete((_, fault) -> {
            if (fault == null) {
                LOG.atInfo()
                        .addKeyValue("operationId", operation.id())
                        .addKeyValue("databaseId", operation.database())
                        .log(what);
            } else {
                LOG.atWarn()
                        .setCause(fault)
                        .addKeyValue("operationId", operation.id())
                        .log("end of a backup not written, said again later");
            }
        });
    }

    private void announce(Operation operation, Facts.BackedUp facts, CorruptDataException damage) {
        LOG.atError()
                .setCause(damage)
                .addKeyValue("operationId", operation.id())
                .addKeyValue("failureCode", damage.code())
                .log("backup cannot be completed, its repository is damaged");
        String findingId = "incomplete/" + facts.backup();
        announcements.tell(new RepositoryFinding(
                EventIds.header("repository-finding", operation.database(), findingId, clock.instant()),
                findingId,
                Severity.CRITICAL,
                new Problem(damage.code(), damage.text(), damage.hint()),
                facts.backup().value(),
                List.of(facts.backup())));
    }

    @Override
    public void close() {
        closing = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(CLOSING_GRACE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

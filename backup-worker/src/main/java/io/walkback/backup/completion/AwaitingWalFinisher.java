package io.walkback.backup.completion;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.event.EventIds;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
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
import io.walkback.repository.backup.BackupReader;
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
/// WAL from start to stop is in the repository (P1).
///
/// Every worker runs one; none holds a slot or a claim for it. They look at different moments, and the fold hears
/// the first. A backup that lacks something just stays awaiting; damage is told as a finding, once per life of a
/// worker.
public final class AwaitingWalFinisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AwaitingWalFinisher.class);
    /// Until our own record comes back from the log, or some other worker's does, nothing is said again.
    private static final Duration SAID = Duration.ofSeconds(30);
    private static final Duration CLOSING_GRACE = Duration.ofSeconds(5);

    private final Repository repository;
    private final LiveOperations live;
    private final OperationLog log;
    private final Announcements announcements;
    private final Clock clock;
    private final Duration every;
    private final Consumer<Throwable> onFatal;
    private final Map<OperationId, Long> saidNanos = new HashMap<>();
    private final Map<OperationId, String> told = new HashMap<>();
    private final Thread thread;
    private volatile boolean closing;

    /// @param every how often it looks, give or take half
    public AwaitingWalFinisher(
            Repository repository,
            LiveOperations live,
            OperationLog log,
            Announcements announcements,
            Clock clock,
            Duration every,
            Consumer<Throwable> onFatal) {
        this.repository = repository;
        this.live = live;
        this.log = log;
        this.announcements = announcements;
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
            while (!closing) {
                Thread.sleep(every.dividedBy(2)
                        .plusMillis(ThreadLocalRandom.current().nextLong(every.toMillis() + 1)));
                if (live.hasCaughtUp()) {
                    look();
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

    /// One look at every backup that awaits its WAL.
    void look() {
        List<Operation> awaiting = live.all().stream()
                .filter(operation -> operation.state() instanceof OperationState.AwaitingWal)
                .toList();
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
            Optional<String> missing = missing(operation, waiting.facts());
            if (missing.isPresent()) {
                note(operation, missing.get());
            } else {
                complete(operation, waiting);
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

    private Optional<String> missing(Operation operation, Facts.BackedUp facts) {
        LineageRepository lineage = repository
                .find(operation.database(), facts.system())
                .orElseThrow(() -> new CorruptDataException(
                        FailureCode.OBJECT_MISSING,
                        "database '" + operation.database() + "' has no lineage " + facts.system() + " in '"
                                + repository.store().location() + "', which holds backup " + facts.backup(),
                        "This worker has another repository than the one that made the backup, or it was removed."));
        Optional<String> wal = WalCoverage.firstMissing(lineage.wal(), facts);
        if (wal.isPresent()) {
            return wal;
        }
        try (BackupReader reader = lineage.openBackup(facts.backup())) {
            reader.requireComplete();
            if (!reader.digest().toString().equals(facts.manifestDigest())) {
                throw new CorruptDataException(
                        FailureCode.OBJECT_CORRUPT,
                        "manifest '" + reader.summary().manifest() + "' has digest " + reader.digest() + ", not "
                                + facts.manifestDigest() + " as the log says",
                        "Somebody changed the repository; take another backup and find out who.");
            }
        }
        return Optional.empty();
    }

    private void note(Operation operation, String missing) {
        if (!missing.equals(told.put(operation.id(), missing))) {
            LOG.atInfo()
                    .addKeyValue("operationId", operation.id())
                    .addKeyValue("databaseId", operation.database())
                    .addKeyValue("missing", missing)
                    .log("backup awaits its wal");
        }
    }

    private void complete(Operation operation, OperationState.AwaitingWal waiting) {
        saidNanos.put(operation.id(), System.nanoTime());
        OperationRecord completed = new OperationRecord.Completed(
                operation.database(), operation.id(), waiting.epoch(), waiting.facts(), clock.instant());
        var _ = log.append(completed).whenComplete((_, fault) -> {
            if (fault == null) {
                LOG.atInfo()
                        .addKeyValue("operationId", operation.id())
                        .addKeyValue("databaseId", operation.database())
                        .log("backup has all its wal");
            } else {
                LOG.atWarn()
                        .setCause(fault)
                        .addKeyValue("operationId", operation.id())
                        .log("completion not written, said again later");
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

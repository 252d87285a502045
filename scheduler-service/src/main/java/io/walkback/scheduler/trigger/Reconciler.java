package io.walkback.scheduler.trigger;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import io.walkback.operations.OperationLog;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the operations to what the inventory wants: one WAL reception per database that streams, no request that
/// waits past its time, and no hold that outlives its own. For one thread.
///
/// What it writes is void when it is written twice, so it writes what is missing until it sees it.
public final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final long ANSWER_SECONDS = 15;
    private static final String BY = "inventory";

    private final State state;
    private final OperationLog log;
    private final Clock clock;

    public Reconciler(State state, OperationLog log, Clock clock) {
        this.state = state;
        this.log = log;
        this.clock = clock;
    }

    /// Writes what is missing. A [RetryableException] leaves the rest for the next tick.
    public void tick() {
        Instant now = clock.instant();
        List<Operation> live = state.operations()
                .all()
                .filter(operation -> !operation.state().isTerminal())
                .toList();
        for (Operation operation : live) {
            if (isOverdue(operation, now)) {
                append(skipped(operation, now));
            } else if (isOver(operation, now)) {
                append(new OperationRecord.CancelRequested(operation.database(), operation.id(), "until", now));
            } else if (isUnwantedReception(operation)) {
                append(new OperationRecord.CancelRequested(operation.database(), operation.id(), BY, now));
            }
        }
        state.databases().all().forEach(database -> receivers(database.policy())
                .filter(command -> live.stream()
                        .noneMatch(operation -> operation.kind() == command.kind()
                                && operation.database().equals(database.id())))
                .forEach(command -> append(reception(database, command, now))));
    }

    /// What a policy wants to go on for ever.
    private static Stream<Command> receivers(BackupPolicy policy) {
        if (!policy.streamWal()) {
            return Stream.empty();
        }
        return policy.hasTail()
                ? Stream.of(new Command.ReceiveWal(), new Command.AccompanyWal())
                : Stream.of(new Command.ReceiveWal());
    }

    /// A hold whose time is over.
    private static boolean isOver(Operation operation, Instant now) {
        return operation.command() instanceof Command.Hold hold
                && !operation.cancelRequested()
                && hold.until() != null
                && !hold.until().isAfter(now);
    }

    private static boolean isOverdue(Operation operation, Instant now) {
        return operation.state() instanceof OperationState.Open
                && operation.attempts() == 0
                && operation.notAfter() != null
                && operation.notAfter().isBefore(now);
    }

    private boolean isUnwantedReception(Operation operation) {
        return operation.kind().isEndless()
                && !operation.cancelRequested()
                && state.database(operation.database()).stream()
                        .flatMap(database -> receivers(database.policy()))
                        .noneMatch(command -> command.kind() == operation.kind());
    }

    private static OperationRecord skipped(Operation operation, Instant now) {
        return new OperationRecord.Skipped(
                operation.database(),
                operation.id(),
                new Problem(
                        FailureCode.REQUEST_STALE,
                        "no worker took '" + operation.id() + "' until " + operation.notAfter(),
                        "See whether a worker runs that can do it; ask again under a new id if it is still wanted."),
                now);
    }

    private OperationRecord reception(DatabaseRegistration database, Command command, Instant now) {
        String name = (command instanceof Command.AccompanyWal ? "wal.b-" : "wal-") + database.id();
        return new OperationRecord.Opened(
                database.id(), nextReception(database.id(), name), command, Map.of(), 1, BY, null, now);
    }

    /// `wal-shop`, or `wal-shop.2` once that one is over, and so on. A dot cannot be in a database's name.
    private OperationId nextReception(DatabaseId database, String name) {
        int generation = 1;
        while (true) {
            OperationId id = new OperationId(name + (generation == 1 ? "" : "." + generation));
            Optional<Operation> known = state.operation(database, id);
            if (known.isEmpty()) {
                return id;
            }
            generation++;
        }
    }

    private void append(OperationRecord record) {
        try {
            log.append(record).get(ANSWER_SECONDS, TimeUnit.SECONDS);
            LOG.atInfo()
                    .addKeyValue("databaseId", record.database())
                    .addKeyValue("operationId", record.operation())
                    .addKeyValue("record", record.getClass().getSimpleName())
                    .log("operation reconciled");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof PlatformException ours) {
                throw ours;
            }
            throw new IllegalStateException("the log refused a record of ours", failed);
        } catch (TimeoutException | InterruptedException failed) {
            if (failed instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new RetryableException(
                    FailureCode.BROKER_UNAVAILABLE,
                    "the operation log did not take a record within " + ANSWER_SECONDS + " s",
                    "See whether the brokers are up; it is written again.",
                    failed);
        }
    }
}

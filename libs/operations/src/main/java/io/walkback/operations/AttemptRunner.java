package io.walkback.operations;

import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one attempt to its end and writes down how it ended. Stateless but for its collaborators; thread-safe.
final class AttemptRunner {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptRunner.class);
    private static final Duration APPEND_TIMEOUT = Duration.ofSeconds(60);

    private final Clock clock;
    private final LeaseTimes times;
    private final LiveOperations live;
    private final OperationLog log;
    private final CountDownLatch closing;
    private final Consumer<Throwable> onFatal;

    AttemptRunner(
            Clock clock,
            LeaseTimes times,
            LiveOperations live,
            OperationLog log,
            CountDownLatch closing,
            Consumer<Throwable> onFatal) {
        this.clock = clock;
        this.times = times;
        this.live = live;
        this.log = log;
        this.closing = closing;
        this.onFatal = onFatal;
    }

    void run(AttemptHandler handler, Attempt attempt) {
        KillPoint.at(KillPoint.OPERATION_CLAIMED);
        OperationRecord ending = null;
        try {
            ending = ending(handler, attempt);
        } catch (Error fault) {
            // Out of memory or a class that is not there: this process cannot be trusted with anything any more.
            onFatal.accept(fault);
        }
        // The ending must be written although this thread was interrupted: that is how most endings begin.
        boolean interrupted = Thread.interrupted();
        if (ending != null) {
            write(ending, attempt);
            KillPoint.at(KillPoint.OPERATION_ENDING_WRITTEN);
        }
        attempt.end();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable OperationRecord ending(AttemptHandler handler, Attempt attempt) {
        Operation operation = attempt.operation();
        try {
            return switch (handler.run(attempt)) {
                case AttemptHandler.Result.Copied copied ->
                    new OperationRecord.Copied(
                            operation.database(), operation.id(), attempt.epoch(), copied.facts(), clock.instant());
                case AttemptHandler.Result.Done done ->
                    new OperationRecord.Completed(
                            operation.database(), operation.id(), attempt.epoch(), done.facts(), clock.instant());
                case AttemptHandler.Result.HandedBack _ -> givenUp(attempt);
            };
        } catch (InterruptedException _) {
            return givenUp(attempt);
        } catch (PlatformException fault) {
            if (attempt.isOver()) {
                // What breaks when an attempt is torn down is not a fault of the work.
                LOG.atDebug().setCause(fault).log("attempt ended while it was stopped");
                return givenUp(attempt);
            }
            return failed(
                    attempt, fault.code(), fault.text(), fault.hint(), fault instanceof RetryableException, fault);
        } catch (RuntimeException fault) {
            if (attempt.isOver()) {
                LOG.atDebug().setCause(fault).log("attempt ended while it was stopped");
                return givenUp(attempt);
            }
            return failed(
                    attempt,
                    FailureCode.INTERNAL,
                    "unexpected " + fault.getClass().getSimpleName() + " in attempt " + attempt.number() + " of "
                            + operation.kind() + " " + operation.id(),
                    "This is a fault in Walkback; the worker's log has the stack trace.",
                    true,
                    fault);
        }
    }

    private OperationRecord failed(
            Attempt attempt, FailureCode code, String message, String hint, boolean retryable, Throwable fault) {
        Operation operation = attempt.operation();
        LOG.atWarn()
                .setCause(fault)
                .addKeyValue("operationId", operation.id())
                .addKeyValue("databaseId", operation.database())
                .addKeyValue("failureCode", code)
                .addKeyValue("attempt", attempt.number())
                .log("attempt failed");
        return new OperationRecord.AttemptFailed(
                operation.database(),
                operation.id(),
                attempt.epoch(),
                new Problem(code, message, hint),
                retryable,
                clock.instant());
    }

    private OperationRecord givenUp(Attempt attempt) {
        Operation operation = attempt.operation();
        boolean cancelled =
                live.find(operation.id()).map(Operation::cancelRequested).orElse(false);
        return cancelled
                ? new OperationRecord.Cancelled(operation.database(), operation.id(), attempt.epoch(), clock.instant())
                : new OperationRecord.HandedBack(
                        operation.database(), operation.id(), attempt.epoch(), clock.instant());
    }

    /// Offers `ending` until the log has it, or until this epoch is over, or until the process stops and the broker
    /// did not take it at once: then the lease runs out and another attempt adopts what this one committed.
    private void write(OperationRecord ending, Attempt attempt) {
        while (live.isHeld(attempt.operation().id(), attempt.epoch())) {
            try {
                log.append(ending).get(APPEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException | TimeoutException fault) {
                if (fault.getCause() != null && !(fault.getCause() instanceof RetryableException)) {
                    onFatal.accept(fault.getCause());
                    return;
                }
                LOG.atWarn()
                        .setCause(fault)
                        .addKeyValue("operationId", attempt.operation().id())
                        .addKeyValue("ending", ending.getClass().getSimpleName())
                        .log("end of attempt not written yet, kept and offered again");
                if (isClosingWithin(times.heartbeat())) {
                    return;
                }
            } catch (InterruptedException _) {
                if (closing.getCount() == 0) {
                    return;
                }
            }
        }
    }

    private boolean isClosingWithin(Duration time) {
        try {
            return closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            return closing.getCount() == 0;
        }
    }
}

package io.walkback.operations;

import io.walkback.domain.operation.OperationFold;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the operation log from the snapshot on, folds it, and lets its steps decide after each look.
///
/// One thread does all of it, so steps see a fold that stands still. A fault there ends the thread and is handed to
/// `onFatal`: a follower that stopped must take its process along, never look alive.
public final class OperationFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationFollower.class);
    /// How long one look waits for records: short, since bids and ends of attempts are decided after it.
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration FORGETTING = Duration.ofHours(1);

    /// Called on the folding thread.
    public interface Step {
        /// @param changes what the records of this look changed, in their order
        /// @param records the records themselves, void ones included
        /// @param caughtUp whether the log was read to its end
        void after(
                OperationFold fold,
                List<OperationFold.Change> changes,
                List<LogReader.Logged> records,
                boolean caughtUp);
    }

    private final LogReader reader;
    private final Clock clock;
    private final Consumer<Throwable> onFatal;
    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private final LiveOperations live = new LiveOperations();
    private final Thread thread;
    private volatile boolean closing;

    /// @param clock says what is old enough to be forgotten, see [OperationFold#forget]; decides nothing else
    public OperationFollower(LogReader reader, Clock clock, Consumer<Throwable> onFatal) {
        this.reader = reader;
        this.clock = clock;
        this.onFatal = onFatal;
        this.thread = Thread.ofPlatform().name("operation-log").daemon().unstarted(this::run);
    }

    /// Adds a step. Before [#start] only.
    public void add(Step step) {
        steps.add(step);
    }

    public void start() {
        thread.start();
    }

    public LiveOperations live() {
        return live;
    }

    private void run() {
        try (reader) {
            OperationFold fold = new OperationFold();
            reader.begin(fold);
            fold.all().forEach(live::put);
            Instant forgetAt = Instant.MIN;
            while (!closing) {
                Instant now = clock.instant();
                if (now.isAfter(forgetAt)) {
                    fold.forget(now, Integer.MAX_VALUE);
                    forgetAt = now.plus(FORGETTING);
                }
                look(fold);
            }
        } catch (Throwable fault) {
            if (closing) {
                LOG.atDebug().setCause(fault).log("operation log reader ended while closing");
            } else {
                LOG.atError().setCause(fault).log("operation log can no longer be followed");
                onFatal.accept(fault);
            }
        }
    }

    private void look(OperationFold fold) {
        List<LogReader.Logged> records = reader.poll(LOOK);
        List<OperationFold.Change> changes = records.stream()
                .flatMap(logged -> fold.apply(logged.record(), logged.place()).stream())
                .toList();
        changes.forEach(change -> live.put(change.after()));
        boolean caughtUp = reader.caughtUp();
        for (Step step : steps) {
            step.after(fold, changes, records, caughtUp);
        }
        if (caughtUp) {
            live.reachedTheEnd();
        }
    }

    @Override
    public void close() {
        closing = true;
        Threads.end(thread, Duration.ofSeconds(5));
    }
}

package io.walkback.standalone.up;

import io.walkback.domain.PlatformException;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.LogTail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Starts parts again that end by themselves, one thread for each.
///
/// Pauses double from [#FIRST_PAUSE] to [#LONGEST_PAUSE] and begin anew once a part has stayed up for [#STEADY];
/// there is no last try, because what a part waits for may come back at any time. Each end is reported with the
/// last lines of its log.
final class Supervisor implements AutoCloseable {
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    static final Duration STEADY = Duration.ofSeconds(60);

    private static final Duration LOOK = Duration.ofMillis(200);
    /// A thread that is interrupted in a start notices at its next look at the process.
    private static final Duration JOIN = Duration.ofSeconds(10);

    private final Consumer<String> progress;
    private final Consumer<Part> started;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    /// @param progress told each end and each return, in one or more lines
    /// @param started  told each part that has a new process
    Supervisor(Consumer<String> progress, Consumer<Part> started) {
        this.progress = progress;
        this.started = started;
    }

    /// Watches a part that has been launched.
    void watch(Part part) {
        threads.add(Thread.ofPlatform().daemon().name("watch-" + part.name()).start(() -> {
            try {
                keep(part);
            } catch (InterruptedException _) {
                // Stopping: whoever interrupts stops the part as well.
                Thread.currentThread().interrupt();
            }
        }));
    }

    /// From now on nothing is started again. Returns at once, so that it can be called while the JVM ends.
    void release() {
        stopping.countDown();
    }

    private void keep(Part part) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        long since = System.nanoTime();
        while (stopping.getCount() > 0) {
            if (lives(part)) {
                continue;
            }
            if (System.nanoTime() - since > STEADY.toNanos()) {
                pause = FIRST_PAUSE;
            }
            report(part, pause);
            if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            pause = longer(pause);
            since = System.nanoTime();
            restart(part);
        }
    }

    private static boolean lives(Part part) throws InterruptedException {
        try {
            return !part.process().awaitExit(LOOK);
        } catch (PlatformException interrupted) {
            throw (InterruptedException) new InterruptedException("no longer watched").initCause(interrupted);
        }
    }

    private void report(Part part, Duration pause) {
        ChildProcess ended = part.process();
        if (stopping.getCount() > 0) {
            progress.accept(part.name() + " (pid " + ended.pid() + ") ended with exit code "
                    + ended.exitCode().orElse(-1) + "; it is started again in " + pause.toSeconds() + " s. Its log, "
                    + part.log() + ", ends:\n" + LogTail.of(part.log()));
        }
    }

    private void restart(Part part) {
        if (stopping.getCount() == 0) {
            return;
        }
        try {
            part.launch();
            started.accept(part);
            part.awaitReady();
            progress.accept(part.name() + " is back (pid " + part.process().pid() + ")");
        } catch (PlatformException failed) {
            if (stopping.getCount() > 0) {
                progress.accept(part.name() + " did not come back: " + failed.text());
            }
        }
    }

    static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /// Ends the watch and waits until no thread of it is left.
    @Override
    public void close() {
        release();
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                if (!thread.join(JOIN)) {
                    throw new IllegalStateException(thread.getName() + " does not end");
                }
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

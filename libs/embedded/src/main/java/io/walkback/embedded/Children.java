package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import java.io.File;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every child of this process that is alive, in the order of their start.
final class Children {
    private static final Logger LOG = LoggerFactory.getLogger(Children.class);

    /// One platform thread that never ends starts them all: the kernel's parent-death signal goes out when the
    /// thread that started a child ends, and a virtual thread's carrier may end at any time.
    private static final ExecutorService SPAWNER = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1024),
            Thread.ofPlatform().daemon().name("children-spawner").factory());

    private static final Deque<ChildProcess> ALIVE = new ArrayDeque<>();

    static {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("children-stop").unstarted(Children::stopAll));
    }

    private Children() {}

    /// Starts a child and remembers it, also when the caller is interrupted meanwhile.
    static ChildProcess spawn(Launch launch) {
        ProcessBuilder builder = new ProcessBuilder(DeathSignal.command(launch))
                .directory(launch.directory().toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
        builder.environment().putAll(launch.environment());
        try {
            return SPAWNER.submit(() -> register(new ChildProcess(launch, builder.start())))
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw new OperatorActionException(
                        FailureCode.PROCESS_FAILED,
                        "cannot start " + launch.name() + ": " + cause.getMessage(),
                        "Check that the program is installed and may be run.",
                        cause);
            }
            throw new IllegalStateException("starting " + launch.name() + " failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException(
                    FailureCode.PROCESS_FAILED, "interrupted while starting " + launch.name(), "Start it again.", e);
        }
    }

    private static ChildProcess register(ChildProcess child) {
        synchronized (ALIVE) {
            ALIVE.removeIf(other -> !other.isAlive());
            ALIVE.addLast(child);
        }
        return child;
    }

    /// Stops the youngest first: what was started later may need what was started earlier in order to end well.
    private static void stopAll() {
        List<ChildProcess> youngestFirst;
        synchronized (ALIVE) {
            youngestFirst = List.copyOf(ALIVE.reversed());
        }
        for (ChildProcess child : youngestFirst) {
            try {
                child.close();
            } catch (PlatformException e) {
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("process", child.name())
                        .log("child process could not be stopped");
            }
        }
    }
}

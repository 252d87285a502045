package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A program that this process started and is answerable for, by process id.
///
/// It is stopped when this process ends, however that happens (see [Children] and [DeathSignal]). Thread-safe.
public final class ChildProcess implements AutoCloseable {
    /// How long an orderly stop may take before SIGKILL. A broker with its log to flush needs a few seconds.
    public static final Duration STOP_DEADLINE = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
    private static final Duration DEATH_DEADLINE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(25);

    private final Launch launch;
    private final Process process;

    ChildProcess(Launch launch, Process process) {
        this.launch = launch;
        this.process = process;
    }

    /// Starts the program and returns at once; [#awaitReady] says when it can be used.
    ///
    /// @throws io.walkback.domain.OperatorActionException when it cannot be started at all
    public static ChildProcess start(Launch launch) {
        try {
            Files.createDirectories(launch.log().toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the folder of " + launch.log(), e);
        }
        ChildProcess child = Children.spawn(launch);
        LOG.atDebug()
                .addKeyValue("process", launch.name())
                .addKeyValue("pid", child.pid())
                .log("child process started");
        return child;
    }

    /// Runs a program to its end.
    ///
    /// @throws RetryableException when it fails or takes longer than `deadline`, with the end of its log
    public static void run(Launch launch, Duration deadline) {
        try (ChildProcess child = start(launch)) {
            if (!child.awaitExit(deadline)) {
                throw child.failure("did not end within " + deadline.toMillis() + " ms");
            }
            if (child.process.exitValue() != 0) {
                throw child.failure("ended with exit code " + child.process.exitValue());
            }
        }
    }

    /// Waits until `ready` holds.
    ///
    /// @throws RetryableException when the program ends or `deadline` passes before that, with the end of its log
    public void awaitReady(BooleanSupplier ready, Duration deadline) {
        long start = System.nanoTime();
        while (!ready.getAsBoolean()) {
            if (awaitExit(POLL)) {
                throw failure("ended with exit code " + process.exitValue() + " before it was ready");
            }
            if (System.nanoTime() - start > deadline.toNanos()) {
                throw failure("was not ready within " + deadline.toMillis() + " ms");
            }
        }
    }

    /// Waits for the program to end; false when `deadline` passes first.
    public boolean awaitExit(Duration deadline) {
        try {
            return process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException(
                    FailureCode.PROCESS_FAILED,
                    "interrupted while waiting for " + this,
                    "The wait was given up; the program itself goes on.",
                    e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public String name() {
        return launch.name();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// What the program ended with (128 plus the signal when one ended it); empty while it lives.
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /// Sends `signal`. A program that has ended already is left alone.
    public void signal(Signal signal) {
        if (process.isAlive()) {
            Signals.send(signal, process.pid());
        }
    }

    /// Freezes the program and everything that it started, as an overloaded machine or a long pause of its JVM
    /// would.
    public void pause() {
        signal(Signal.STOP);
        descendants().forEach(other -> Signals.send(Signal.STOP, other.pid()));
    }

    /// Ends [#pause].
    public void resume() {
        descendants().forEach(other -> Signals.send(Signal.CONT, other.pid()));
        signal(Signal.CONT);
    }

    /// Ends the program and everything that it started with SIGKILL, and waits until all of it is gone.
    public void kill() {
        List<ProcessHandle> others = descendants();
        // The parent first, so that it cannot start anew what is killed after it.
        process.destroyForcibly();
        others.forEach(ProcessHandle::destroyForcibly);
        if (!awaitExit(DEATH_DEADLINE)) {
            throw failure("survived SIGKILL for " + DEATH_DEADLINE.toMillis() + " ms");
        }
        others.forEach(this::awaitDeath);
    }

    /// Asks the program to end with its [Launch#stopSignal] and kills it when `deadline` passes first.
    public void stop(Duration deadline) {
        stop(launch.stopSignal(), deadline);
    }

    /// The same with another signal.
    public void stop(Signal signal, Duration deadline) {
        if (!process.isAlive()) {
            return;
        }
        // A frozen program would take the signal only when somebody wakes it.
        signal(signal);
        signal(Signal.CONT);
        if (!awaitExit(deadline)) {
            LOG.atWarn()
                    .addKeyValue("process", launch.name())
                    .addKeyValue("pid", pid())
                    .addKeyValue("deadlineMs", deadline.toMillis())
                    .log("child process did not stop in time, killing it");
            kill();
        }
    }

    /// Stops the program within [#STOP_DEADLINE].
    @Override
    public void close() {
        stop(STOP_DEADLINE);
    }

    /// A fault that tells what happened to this program and how its log ends.
    RetryableException failure(String what) {
        return new RetryableException(
                FailureCode.PROCESS_FAILED,
                this + " " + what + "; its log ends: " + LogTail.of(launch.log()),
                "Read " + launch.log() + ".");
    }

    private List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    private void awaitDeath(ProcessHandle other) {
        long start = System.nanoTime();
        while (other.isAlive()) {
            if (System.nanoTime() - start > DEATH_DEADLINE.toNanos()) {
                throw failure("left process " + other.pid() + " behind");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    @Override
    public String toString() {
        return launch.name() + " (pid " + process.pid() + ")";
    }
}

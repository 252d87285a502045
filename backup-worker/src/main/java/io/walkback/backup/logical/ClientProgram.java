package io.walkback.backup.logical;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of a client program whose standard output somebody takes as it comes. Started, awaited and closed by one
/// thread.
///
/// What the program says on standard error is kept up to [#KEPT] bytes; the rest is read and dropped, so that the
/// program never waits for us to listen. An interrupt of [#await] ends the program at once, and so does a taker
/// that fails. If this process is killed, the program ends with the next thing that it writes.
final class ClientProgram implements AutoCloseable {
    /// Enough for the first errors, which name the cause.
    static final int KEPT = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(ClientProgram.class);
    private static final int CHUNK = 64 << 10;

    private final String name;
    private final Process process;
    private final Taker taker;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    // Reading a pipe hears no interrupt, so it is done by threads of their own, and the starter waits for those.
    private final Thread output;
    private final Thread errors;
    // The first one: ending the program closes its pipes, at which the other thread may fail as well.
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /// Takes what a program writes.
    @FunctionalInterface
    interface Taker {
        /// The next bytes, in order. May block, which makes the program wait; an interrupt ends that.
        void take(byte[] bytes, int offset, int length);

        /// Whatever [#take] waits for has become pointless.
        default void abandon() {}
    }

    private ClientProgram(String name, Process process, Taker taker) {
        this.name = name;
        this.process = process;
        this.taker = taker;
        this.output = Thread.ofVirtual().name(name + "-output").unstarted(this::pump);
        this.errors = Thread.ofVirtual().name(name + "-errors").unstarted(this::listen);
    }

    /// Starts a program. `PROCESS_FAILED` when it cannot be started.
    ///
    /// @param environment all of it
    static ClientProgram start(List<String> command, Map<String, String> environment, Taker taker) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            ClientProgram program = new ClientProgram(
                    String.valueOf(Path.of(command.getFirst()).getFileName()), builder.start(), taker);
            program.output.start();
            program.errors.start();
            return program;
        } catch (IOException absent) {
            throw new RetryableException(
                    FailureCode.PROCESS_FAILED,
                    "'" + command.getFirst() + "' cannot be started: " + absent.getMessage(),
                    "See whether the program was removed while it was in use.",
                    absent);
        }
    }

    /// Runs a program that asks for nothing to its end. `PROCESS_FAILED` unless it ends with 0; what `taker`
    /// throws.
    static void run(List<String> command, Map<String, String> environment, Taker taker) throws InterruptedException {
        try (ClientProgram program = start(command, environment, taker)) {
            program.await();
        }
    }

    /// The program's standard input. Once the program has closed it, writing to it throws.
    OutputStream input() {
        return process.getOutputStream();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /// Closes the input and waits for the end. `PROCESS_FAILED` unless it ends with 0; what the taker threw.
    void await() throws InterruptedException {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // It has closed its end already; how it ended is told by its exit code.
            LOG.atDebug().setCause(gone).addKeyValue("program", name).log("program needed no more input");
        }
        output.join();
        errors.join();
        requireGoodEnd(process.waitFor());
    }

    private void pump() {
        try (InputStream out = process.getInputStream()) {
            byte[] chunk = new byte[CHUNK];
            for (int read = out.read(chunk); read >= 0; read = out.read(chunk)) {
                taker.take(chunk, 0, read);
            }
        } catch (IOException | RuntimeException | Error failed) {
            endBy(failed);
        }
    }

    private void listen() {
        try (InputStream err = process.getErrorStream()) {
            byte[] chunk = new byte[CHUNK];
            for (int read = err.read(chunk); read >= 0; read = err.read(chunk)) {
                said.write(chunk, 0, Math.min(read, KEPT - said.size()));
            }
        } catch (IOException failed) {
            endBy(failed);
        }
    }

    private void endBy(Throwable failed) {
        failure.compareAndSet(null, failed);
        process.destroyForcibly();
    }

    private void requireGoodEnd(int exitCode) {
        switch (failure.get()) {
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case Throwable failed ->
                throw new RetryableException(
                        FailureCode.PROCESS_FAILED,
                        "what " + name + " wrote could not be read: " + failed.getMessage(),
                        "The next attempt starts it again.",
                        failed);
            case null -> {}
        }
        if (exitCode != 0) {
            String words = said.toString(StandardCharsets.UTF_8).strip().replaceAll("\\s*\\R\\s*", "; ");
            throw new RetryableException(
                    FailureCode.PROCESS_FAILED,
                    name
                            + (exitCode > 128 ? " was ended by signal " + (exitCode - 128) : " ended with " + exitCode)
                            + (words.isEmpty() ? "" : ": " + Text.printable(words, 1500)),
                    "Nothing of this attempt is kept. A role that may not read everything needs pg_read_all_data, and"
                            + " for large objects of others it must be a superuser.");
        }
    }

    /// Ends the program if it still runs, and waits until nobody takes from it any more.
    @Override
    public void close() {
        process.destroyForcibly();
        if (output.isAlive()) {
            taker.abandon();
            output.interrupt();
        }
        boolean interrupted = false;
        for (Thread thread : List.of(output, errors)) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.walkback.postgres.client;

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
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of a client program whose standard output somebody takes as it comes, and whose standard input somebody
/// may feed. Started, awaited and closed by one thread.
///
/// What the program says on standard error is kept up to [#KEPT] bytes; the rest is read and dropped, so that the
/// program never waits for us to listen. An interrupt of [#await] ends the program at once, and so does a taker
/// that fails. If this process is killed, the program ends with the next thing that it writes.
public final class ClientProgram implements AutoCloseable {
    /// Enough for the first errors, which name the cause.
    static final int KEPT = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(ClientProgram.class);
    private static final int CHUNK = 64 << 10;
    private static final List<String> ADDED = List.of("DETAIL:", "CONTEXT:", "QUERY:", "LINE ", "Command was:");

    private final String name;
    private final String hint;
    private final Process process;
    private final Taker taker;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    // Reading a pipe hears no interrupt, so it is done by threads of their own, and the starter waits for those.
    private final Thread output;
    private final Thread errors;
    private @Nullable Thread feeder;
    // The first one: ending the program closes its pipes, at which the other thread may fail as well.
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /// Takes what a program writes.
    @FunctionalInterface
    public interface Taker {
        /// The next bytes, in order. May block, which makes the program wait; an interrupt ends that.
        void take(byte[] bytes, int offset, int length);

        /// Whatever [#take] waits for has become pointless.
        default void abandon() {}
    }

    /// Writes what a program reads.
    @FunctionalInterface
    public interface Source {
        /// Writes all of it. An `IOException` of `input` means that the program has read enough, or has ended; it
        /// is passed on as it is. An interrupt ends it.
        void writeTo(OutputStream input) throws IOException;
    }

    private ClientProgram(ClientCommand command, Process process, Taker taker) {
        this.name = String.valueOf(Path.of(command.arguments().getFirst()).getFileName());
        this.hint = command.hint();
        this.process = process;
        this.taker = taker;
        this.output = Thread.ofVirtual().name(name + "-output").unstarted(this::pump);
        this.errors = Thread.ofVirtual().name(name + "-errors").unstarted(this::listen);
    }

    /// Starts a program. `PROCESS_FAILED` when it cannot be started.
    public static ClientProgram start(ClientCommand command, Taker taker) {
        ProcessBuilder builder = new ProcessBuilder(command.arguments());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        try {
            ClientProgram program = new ClientProgram(command, builder.start(), taker);
            program.output.start();
            program.errors.start();
            return program;
        } catch (IOException absent) {
            throw new RetryableException(
                    FailureCode.PROCESS_FAILED,
                    "'" + command.arguments().getFirst() + "' cannot be started: " + absent.getMessage(),
                    "See whether the program was removed while it was in use.",
                    absent);
        }
    }

    /// Runs a program that asks for nothing to its end. `PROCESS_FAILED` unless it ends with 0; what `taker`
    /// throws.
    public static void run(ClientCommand command, Taker taker) throws InterruptedException {
        try (ClientProgram program = start(command, taker)) {
            program.await();
        }
    }

    /// Runs a program that reads what `source` writes, as far as it wants to.
    ///
    /// @return what it said on standard error, made printable; empty for nothing
    public static String feed(ClientCommand command, Source source, Taker taker) throws InterruptedException {
        try (ClientProgram program = start(command, taker)) {
            program.feeder = Thread.ofVirtual().name(program.name + "-input").start(() -> program.write(source));
            program.await();
            return program.words();
        }
    }

    /// The program's standard input. Once the program has closed it, writing to it throws.
    public OutputStream input() {
        return process.getOutputStream();
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /// Closes the input and waits for the end. `PROCESS_FAILED` unless it ends with 0; what the taker threw.
    public void await() throws InterruptedException {
        if (feeder == null) {
            closeInput();
        } else {
            feeder.join();
        }
        output.join();
        errors.join();
        requireGoodEnd(process.waitFor());
    }

    private void write(Source source) {
        try {
            source.writeTo(process.getOutputStream());
        } catch (IOException enough) {
            LOG.atDebug().setCause(enough).addKeyValue("program", name).log("program wants no more input");
        } catch (RuntimeException | Error failed) {
            // Before its input ends, which it might take for the end of what it was to read.
            endBy(failed);
        }
        closeInput();
    }

    private void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // It has closed its end already; how it ended is told by its exit code.
            LOG.atDebug().setCause(gone).addKeyValue("program", name).log("program needed no more input");
        }
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
            String words = words();
            throw new RetryableException(
                    FailureCode.PROCESS_FAILED,
                    name
                            + (exitCode > 128 ? " was ended by signal " + (exitCode - 128) : " ended with " + exitCode)
                            + (words.isEmpty() ? "" : ": " + words),
                    hint);
        }
    }

    /// What it said, in one line, but for what a server adds to an error: that may be a row or a statement (P11).
    private String words() {
        StringJoiner words = new StringJoiner("; ");
        boolean ours = true;
        for (String line : said.toString(StandardCharsets.UTF_8).lines().toList()) {
            ours = line.startsWith(name + ":") || (ours && ADDED.stream().noneMatch(line::startsWith));
            if (ours && !line.isBlank()) {
                words.add(line.strip());
            }
        }
        return Text.printable(words.toString(), 1500);
    }

    /// Ends the program if it still runs, and waits until nobody takes from it any more.
    @Override
    public void close() {
        process.destroyForcibly();
        if (output.isAlive()) {
            taker.abandon();
            output.interrupt();
        }
        Thread feeding = feeder;
        if (feeding != null) {
            feeding.interrupt();
        }
        boolean interrupted = false;
        for (Thread thread : feeding == null ? List.of(output, errors) : List.of(output, errors, feeding)) {
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

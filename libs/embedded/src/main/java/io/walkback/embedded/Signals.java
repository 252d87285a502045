package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends signals to processes. Java itself knows only two of them, so the shell's built-in `kill` does it.
public final class Signals {
    private static final long DEADLINE_SECONDS = 10;

    private Signals() {}

    /// Sends `signal` to process `pid`; that it has ended meanwhile is no fault.
    public static void send(Signal signal, long pid) {
        // A constant script: the values are its parameters and never part of its text.
        List<String> command =
                List.of("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "signal", signal.name(), Long.toString(pid));
        try {
            Process kill = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                kill.destroyForcibly();
                throw failure(signal, pid, null);
            }
            boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
            if (kill.exitValue() != 0 && alive) {
                throw failure(signal, pid, null);
            }
        } catch (IOException e) {
            throw failure(signal, pid, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(signal, pid, e);
        }
    }

    private static RetryableException failure(Signal signal, long pid, @Nullable Exception cause) {
        return new RetryableException(
                FailureCode.PROCESS_FAILED,
                "could not send SIG" + signal + " to process " + pid,
                "The process may belong to another user.",
                cause);
    }
}

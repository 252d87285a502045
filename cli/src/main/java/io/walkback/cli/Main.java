package io.walkback.cli;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// Starts the command of this process.
public final class Main {
    private static final long STOP_MILLIS = 30_000;

    private Main() {}

    /// Ends the process with the command's exit code. A signal interrupts the command first and gives it time to
    /// stop what it has started; the code is then that of the signal, 130 for Ctrl-C.
    public static void main(String[] args) {
        Thread command = Thread.currentThread();
        AtomicBoolean over = new AtomicBoolean();
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("cli-stop").unstarted(() -> {
                    if (!over.get()) {
                        command.interrupt();
                        try {
                            command.join(STOP_MILLIS);
                        } catch (InterruptedException _) {
                            Thread.currentThread().interrupt();
                        }
                    }
                }));
        Map<String, String> environment = System.getenv();
        int code = new Cli(environment, Terminal.ofThisProcess(environment), Clock.systemUTC()).run(args);
        over.set(true);
        System.exit(code);
    }
}

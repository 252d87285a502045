package io.walkback.cli;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Starts the command of this process.
public final class Main {
    private static final long STOP_SECONDS = 30;

    private Main() {}

    /// Ends the process with the command's exit code. A signal interrupts the command first and gives it time to
    /// stop what it has started; the code is then that of the signal, 130 for Ctrl-C.
    public static void main(String[] args) {
        Map<String, String> environment = System.getenv();
        Terminal terminal = Terminal.ofThisProcess(environment);
        Thread command = Thread.currentThread();
        CountDownLatch over = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("cli-stop").unstarted(() -> {
                    if (over.getCount() == 0) {
                        return;
                    }
                    command.interrupt();
                    try {
                        // Not for the thread itself: its own exit waits until this hook is done.
                        if (!over.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                            terminal.say("the command did not stop in time");
                        }
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                }));
        int code = new Cli(environment, terminal, Clock.systemUTC()).run(args);
        over.countDown();
        System.exit(code);
    }
}

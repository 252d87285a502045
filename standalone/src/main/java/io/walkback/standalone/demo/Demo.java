package io.walkback.standalone.demo;

import io.walkback.embedded.Parts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The whole story on embedded parts, unattended, in a temporary folder.
public final class Demo {
    private static final int REMOVALS = 30;

    private final DemoOptions options;
    private final Path root;
    private final Parts parts;
    private final Clock clock;
    private final Consumer<String> output;
    private final Consumer<String> progress;
    private volatile boolean ending;

    /// @param root     the folder of the project, with the jars that the build made
    /// @param parts    the parts that the build laid out
    /// @param output   told each step, one or two lines at a time
    /// @param progress told what happens meanwhile, from any thread
    public Demo(
            DemoOptions options,
            Path root,
            Parts parts,
            Clock clock,
            Consumer<String> output,
            Consumer<String> progress) {
        this.options = options;
        this.root = root;
        this.parts = parts;
        this.clock = clock;
        // Once the process is told to end, what was stopped under a step's feet is no finding.
        this.output = line -> {
            if (!ending) {
                output.accept(line);
            }
        };
        this.progress = progress;
    }

    /// Runs it. Whatever happens, nothing that it started runs afterwards.
    ///
    /// @return what was measured; [DemoReport#passed] only if every check held
    /// @throws UncheckedIOException when the folder cannot be made or the report cannot be written
    public DemoReport run() throws InterruptedException {
        long begun = System.nanoTime();
        Path folder = folder();
        Steps steps = new Steps(output);
        Story story = new Story(options, folder, root, parts, clock, progress, steps);
        // After Ctrl-C too: the parts are stopped by a hook of their own, which this waits for.
        Thread hook = Thread.ofPlatform().name("demo-clean").unstarted(() -> {
            ending = true;
            story.stop();
            remove(folder);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        boolean passed = false;
        try {
            story.tell();
            passed = true;
        } catch (Steps.Failed failed) {
            output.accept("FAILED in step '" + failed.step() + "'. Logs: " + String.join(", ", story.logs()));
            if (!ending) {
                progress.accept(Trace.of(failed));
            }
        } finally {
            leaveTo(hook);
            story.stop();
        }
        DemoReport report = story.report(passed);
        options.json().ifPresent(report::writeTo);
        if (passed && !options.keep()) {
            remove(folder);
        } else {
            output.accept("everything is kept in " + folder);
        }
        output.accept(String.format(
                Locale.ROOT,
                "%s in %.0f s%s",
                passed ? "every check held" : "a check did not hold",
                (System.nanoTime() - begun) / 1e9,
                passed ? summary(report) : ""));
        return report;
    }

    /// Takes the hook back; when the process is ending already it is the hook that ends the demo, and this waits.
    private static void leaveTo(Thread hook) throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            new CountDownLatch(1).await();
        }
    }

    private static String summary(DemoReport report) {
        return String.format(
                Locale.ROOT,
                ": %d rows as they were, back after %.1f s (RTO), writes on the server alone for %.3f s at most, with"
                        + " a tail on one broker (RPO)",
                report.rows() == null ? 0 : report.rows().restored(),
                report.rtoSeconds(),
                report.rpoSeconds());
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("walkback-demo-");
        } catch (IOException unusable) {
            throw new UncheckedIOException("cannot make a temporary folder", unusable);
        }
    }

    /// Files may still go by themselves for a moment: a server that has just ended clears up after itself.
    private static void remove(Path folder) {
        for (int round = 1; Files.exists(folder); round++) {
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | UncheckedIOException moving) {
                if (round == REMOVALS) {
                    throw new IllegalStateException("cannot remove " + folder, moving);
                }
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
    }
}

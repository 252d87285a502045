package peers;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;

/// Measures one run of one tool.
final class Meter {
    private static final long SAMPLE_MILLIS = 20;

    /// What is measured: something that ends when the tool has done its work.
    interface Work {
        void run() throws Exception;
    }

    /// Processes of the tool that live on. Each is 0 if there is none.
    ///
    /// @param worker   does the work: what it costs is the tool's own
    /// @param platform an ancestor of the worker, whose other descendants are the rest of the tool's services
    /// @param store    the object store
    record Living(long worker, long platform, long store) {
        static final Living NONE = new Living(0, 0, 0);
    }

    private record Costs(double machine, double measuring, double own, double server, double platform, double store) {
        static Costs now(Cluster cluster, Living living) throws IOException {
            double worker = tree(living.worker());
            return new Costs(
                    Processes.cpuOfMachine(),
                    Processes.cpuOfThis(),
                    Processes.cpuOfReaped() + worker,
                    tree(cluster.pid()),
                    living.platform() == 0 ? 0 : tree(living.platform()) - worker,
                    tree(living.store()));
        }

        private static double tree(long pid) throws IOException {
            return pid == 0 ? 0 : Processes.cpuOfTree(pid);
        }
    }

    private final Cluster cluster;
    private final Living living;

    Meter(Cluster cluster, Living living) {
        this.cluster = cluster;
        this.living = living;
    }

    /// @param repository whose growth is measured
    Sample measure(Path repository, Work work) throws Exception {
        long size = size(repository);
        AtomicLong peak = new AtomicLong();
        Thread sampler = Thread.ofPlatform().daemon().start(() -> sample(peak));
        Costs before = Costs.now(cluster, living);
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        Costs after = Costs.now(cluster, living);
        sampler.interrupt();
        sampler.join();
        double own = after.own() - before.own();
        double server = after.server() - before.server();
        double platform = after.platform() - before.platform();
        double store = after.store() - before.store();
        double measuring = after.measuring() - before.measuring();
        double foreign = after.machine() - before.machine() - own - server - platform - store - measuring;
        return new Sample(
                seconds, own, server, platform, store, Math.max(0, foreign), peak.get() >> 10, size(repository) - size);
    }

    private void sample(AtomicLong peak) {
        while (!Thread.currentThread().isInterrupted()) {
            long sum = 0;
            for (ProcessHandle child : ProcessHandle.current().children().toList()) {
                if (!cluster.ignores(child.pid())) {
                    sum += Processes.residentKiB(child);
                }
            }
            if (living.worker() != 0) {
                sum += ProcessHandle.of(living.worker())
                        .map(Processes::residentKiB)
                        .orElse(0L);
            }
            peak.accumulateAndGet(sum, Math::max);
            try {
                // The rhythm of sampling; the end of the measurement interrupts it.
                Thread.sleep(SAMPLE_MILLIS);
            } catch (InterruptedException done) {
                return;
            }
        }
    }

    /// Bytes of all files below a folder, 0 if there is none. What vanishes meanwhile does not count.
    static long size(Path folder) throws IOException {
        AtomicLong sum = new AtomicLong();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum.addAndGet(attributes.isRegularFile() ? attributes.size() : 0);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
                if (failed instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failed;
            }
        });
        return sum.get();
    }
}

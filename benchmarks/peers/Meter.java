package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// Measures one run of one tool.
final class Meter {
    private static final long SAMPLE_MILLIS = 20;

    /// What is measured: something that ends when the tool has done its work.
    interface Work {
        void run() throws Exception;
    }

    private final Cluster cluster;

    Meter(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @param service a process of the tool that lives on, such as a worker; 0 if there is none
    /// @param repository whose growth is measured
    Sample measure(long service, Path repository, Work work) throws Exception {
        long before = size(repository);
        AtomicLong peak = new AtomicLong();
        Thread sampler = Thread.ofPlatform().daemon().start(() -> sample(service, peak));
        double machine = Processes.cpuOfMachine();
        double own = Processes.cpuOfThis();
        double reaped = Processes.cpuOfReaped();
        double served = service == 0 ? 0 : Processes.cpuOfTree(service);
        double server = Processes.cpuOfTree(cluster.pid());
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        double serverCpu = Processes.cpuOfTree(cluster.pid()) - server;
        double cpu = Processes.cpuOfReaped() - reaped + (service == 0 ? 0 : Processes.cpuOfTree(service) - served);
        double measuring = Processes.cpuOfThis() - own;
        double foreign = Math.max(0, Processes.cpuOfMachine() - machine - cpu - serverCpu - measuring);
        sampler.interrupt();
        sampler.join();
        return new Sample(seconds, cpu, serverCpu, foreign, peak.get() >> 10, size(repository) - before);
    }

    private void sample(long service, AtomicLong peak) {
        while (!Thread.currentThread().isInterrupted()) {
            long sum = 0;
            for (ProcessHandle child : ProcessHandle.current().children().toList()) {
                if (child.pid() != cluster.pid() && child.pid() != service && !cluster.ignores(child.pid())) {
                    sum += Processes.residentKiB(child);
                }
            }
            if (service != 0) {
                sum += ProcessHandle.of(service).map(Processes::residentKiB).orElse(0L);
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

    static long size(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return 0;
        }
        try (var all = Files.walk(folder)) {
            long sum = 0;
            for (Path path : (Iterable<Path>) all::iterator) {
                sum += Files.isRegularFile(path) ? Files.size(path) : 0;
            }
            return sum;
        }
    }
}

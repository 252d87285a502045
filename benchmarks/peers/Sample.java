package peers;

import java.util.Locale;

/// One run.
///
/// @param seconds    wall clock
/// @param cpu        processor seconds of the tool's own processes
/// @param serverCpu  processor seconds of the PostgreSQL server meanwhile
/// @param foreign    processor seconds of everything else on the machine
/// @param peakMiB    highest resident memory of the tool's processes together, sampled
/// @param stored     bytes that the repository grew by; 0 for a restore
record Sample(double seconds, double cpu, double serverCpu, double foreign, long peakMiB, long stored) {
    private static final double NOISE = 0.1;

    double allCpu() {
        return cpu + serverCpu;
    }

    /// Whether others took so much of the machine that the run tells little.
    boolean noisy() {
        return foreign > NOISE * seconds * Runtime.getRuntime().availableProcessors();
    }

    /// A restore stores nothing in a repository.
    Sample withoutStored() {
        return new Sample(seconds, cpu, serverCpu, foreign, peakMiB, 0);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.2f s, cpu %.2f s + server %.2f s, foreign %.2f s, %d MiB, %d bytes stored",
                seconds,
                cpu,
                serverCpu,
                foreign,
                peakMiB,
                stored);
    }
}

package peers;

import java.util.Locale;

/// One run.
///
/// @param seconds     wall clock
/// @param cpu         processor seconds of the tool's own processes
/// @param serverCpu   processor seconds of the PostgreSQL server meanwhile, archive command included
/// @param platformCpu processor seconds of what runs on beside the tool's worker: services, broker, registry
/// @param storeCpu    processor seconds of the object store
/// @param foreign     processor seconds of everything else on the machine, stolen ones included
/// @param peakMiB     highest resident memory of the tool's processes together, sampled
/// @param stored      bytes that the repository grew by; 0 for a restore
record Sample(
        double seconds,
        double cpu,
        double serverCpu,
        double platformCpu,
        double storeCpu,
        double foreign,
        long peakMiB,
        long stored) {
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
        return new Sample(seconds, cpu, serverCpu, platformCpu, storeCpu, foreign, peakMiB, 0);
    }

    /// The values with commas between, for [#parse].
    String line() {
        return String.format(
                Locale.ROOT,
                "%.3f,%.2f,%.2f,%.2f,%.2f,%.2f,%d,%d",
                seconds,
                cpu,
                serverCpu,
                platformCpu,
                storeCpu,
                foreign,
                peakMiB,
                stored);
    }

    static Sample parse(String line) {
        String[] values = line.split(",");
        return new Sample(
                Double.parseDouble(values[0]),
                Double.parseDouble(values[1]),
                Double.parseDouble(values[2]),
                Double.parseDouble(values[3]),
                Double.parseDouble(values[4]),
                Double.parseDouble(values[5]),
                Long.parseLong(values[6]),
                Long.parseLong(values[7]));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.2f s, cpu %.2f s + server %.2f s + platform %.2f s + store %.2f s, foreign %.2f s (%.0f %%),"
                        + " %d MiB, %d bytes stored",
                seconds,
                cpu,
                serverCpu,
                platformCpu,
                storeCpu,
                foreign,
                100 * foreign / seconds / Runtime.getRuntime().availableProcessors(),
                peakMiB,
                stored);
    }
}

package io.walkback.standalone.demo;

import io.walkback.client.BackupView;
import io.walkback.standalone.demo.DemoReport.Backup;
import io.walkback.standalone.demo.DemoReport.Restore;
import io.walkback.standalone.demo.DemoReport.Rows;
import io.walkback.standalone.demo.DemoReport.StepReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the story measured as a whole, for its report. For one thread.
final class Measured {
    private final List<Backup> backups = new ArrayList<>();
    private final Map<String, String> versions = new TreeMap<>();
    private @Nullable Double rto;
    private @Nullable Double rpo;
    private @Nullable Rows rows;
    private @Nullable Restore restore;

    void version(String of, String version) {
        versions.put(of, version);
    }

    /// A completed backup.
    BackupView backup(BackupView backup) {
        backups.add(new Backup(
                backup.id(),
                Objects.requireNonNull(backup.sizeBytes(), "sizeBytes of a completed backup"),
                Objects.requireNonNull(backup.storedBytes(), "storedBytes of a completed backup"),
                Figures.rounded(seconds(
                        backup.requestedAt(),
                        Objects.requireNonNull(backup.completedAt(), "completedAt of a completed backup")))));
        return backup;
    }

    /// Those that completed, in order.
    List<Backup> backups() {
        return List.copyOf(backups);
    }

    /// The longest that WAL was on the server alone under the policy that held at the disaster.
    double rpo(double longest) {
        double seconds = Figures.rounded(longest);
        rpo = seconds;
        return seconds;
    }

    /// @param answered seconds until the copy answered a query
    double restore(Instant target, double completed, double answered) {
        restore = new Restore(target.toString(), Figures.rounded(completed));
        double seconds = Figures.rounded(answered);
        rto = seconds;
        return seconds;
    }

    void rows(Comparison comparison) {
        rows = new Rows(comparison.expected(), comparison.restored());
    }

    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    DemoReport report(boolean passed, List<StepReport> steps) {
        return new DemoReport(passed, steps, rto, rpo, rows, List.copyOf(backups), restore, Map.copyOf(versions));
    }
}

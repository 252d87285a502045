package io.walkback.restore.proof;

import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.restore.fetch.FileFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The signed reports of one worker: `<operation>.report`, the newest [#MOST] of them. The digest of each is in the
/// event, so that a report is known again wherever it is kept.
public final class Reports {
    /// Two a day for a year and a half; some kilobytes each.
    static final int MOST = 1000;

    private static final String SUFFIX = ".report";

    private final Path folder;
    private final ReportKey key;

    public Reports(Path folder, ReportKey key) {
        this.folder = folder;
        this.key = key;
    }

    /// Where the report of an operation is.
    public Path file(String operation) {
        return folder.resolve(operation.replaceAll("[^A-Za-z0-9._-]", "_") + SUFFIX);
    }

    Facts.Rehearsed keep(Evidence evidence, Instant ended) {
        Facts.Rehearsed facts = evidence.facts(null);
        SignedReport report = SignedReport.of(content(evidence, facts, ended), key);
        Path file = file(evidence.rehearsal().operation());
        Path half = file.resolveSibling(file.getFileName() + ".half");
        try {
            Files.createDirectories(folder);
            Files.writeString(half, report.text());
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
            removeOldest();
        } catch (IOException failure) {
            throw FileFailures.of("write", file, failure);
        }
        return evidence.facts(report.digest());
    }

    private void removeOldest() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> reports = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted(Comparator.comparingLong(
                                    (Path file) -> file.toFile().lastModified())
                            .reversed())
                    .toList();
            for (Path old : reports.subList(Math.min(MOST, reports.size()), reports.size())) {
                Files.deleteIfExists(old);
            }
        }
    }

    private static Map<String, Object> content(Evidence evidence, Facts.Rehearsed facts, Instant ended) {
        Rehearsal rehearsal = evidence.rehearsal();
        Map<String, Object> report = new HashMap<>();
        report.put("format", "walkback-drill-report-1");
        report.put("operation", rehearsal.operation());
        report.put("database", rehearsal.database().toString());
        report.put("backup", rehearsal.backup().toString());
        report.put("target", target(rehearsal.target()));
        report.put("host", rehearsal.host());
        report.put("begun", evidence.begun().toString());
        report.put("ended", ended.toString());
        report.put("verdict", facts.verdict().name());
        put(report, "reason", facts.reason());
        put(report, "object", facts.object());
        report.put("rtoMs", facts.rtoMs());
        put(report, "rpoMs", facts.rpoMs());
        Map<String, Object> phases = new TreeMap<>();
        facts.phaseSeconds().forEach((phase, seconds) -> phases.put(phase, Math.round(seconds * 1000)));
        report.put("phasesMs", phases);
        report.put("proofMs", facts.proofMs());
        report.put("bytes", facts.bytes());
        report.put("walBytes", facts.walBytes());
        put(report, "reached", text(facts.reached()));
        put(report, "reachedTime", text(facts.reachedTime()));
        put(report, "timeline", text(facts.timeline()));
        report.put("isolation", facts.isolation());
        report.put("notCovered", facts.notCovered());
        report.put("checks", evidence.outcomes().stream().map(Reports::check).toList());
        return report;
    }

    private static Map<String, Object> check(CheckOutcome outcome) {
        Map<String, Object> check = new HashMap<>();
        check.put("check", outcome.check());
        check.put("verdict", outcome.verdict().name());
        put(check, "reason", outcome.reason());
        put(check, "object", outcome.object());
        check.put("figures", outcome.figures());
        return check;
    }

    private static void put(Map<String, Object> map, String name, @Nullable Object value) {
        if (value != null) {
            map.put(name, value);
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static String target(RecoveryTarget target) {
        return switch (target) {
            case RecoveryTarget.Latest _ -> "latest";
            case RecoveryTarget.Immediate _ -> "immediate";
            case RecoveryTarget.Time time -> "time " + time.time();
            case RecoveryTarget.Position position -> "position " + position.lsn();
            case RecoveryTarget.Transaction transaction -> "transaction " + transaction.xid();
            case RecoveryTarget.RestorePoint point -> "restore point " + point.name();
        };
    }
}

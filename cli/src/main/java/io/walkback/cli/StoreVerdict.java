package io.walkback.cli;

import io.walkback.repository.analyze.StoreReport;
import io.walkback.repository.analyze.StoreReport.Result;
import io.walkback.repository.analyze.StoreReport.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;

/// Prints what trying a store out showed.
final class StoreVerdict {
    private final Session session;

    StoreVerdict(Session session) {
        this.session = session;
    }

    int print(StoreReport report) {
        for (Result result : report.results()) {
            session.output()
                    .text(String.format(
                            "%-8s %s: %s", mark(result), result.promise().meaning(), result.detail()));
        }
        if (report.leftBehind() > 0) {
            session.output()
                    .text(report.leftBehind() + " objects stay below " + report.scratch()
                            + ": they are locked, or these credentials may not delete");
        }
        session.output()
                .text(
                        report.isTrusted()
                                ? "backups can be kept in " + report.location()
                                : "backups must not be kept in " + report.location());
        if (session.output().asJson()) {
            session.output().json(json(report));
        }
        return report.isTrusted() ? ExitCode.OK : ExitCode.INTEGRITY;
    }

    private static String mark(Result result) {
        return switch (result.verdict()) {
            case KEPT -> "yes";
            case UNKNOWN -> "unknown";
            case BROKEN -> result.promise().isNeeded() ? "BROKEN" : "no";
        };
    }

    private static Map<String, Object> json(StoreReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("location", report.location());
        json.put("trusted", report.isTrusted());
        json.put("leftBehind", report.leftBehind());
        json.put("scratch", report.scratch());
        json.put("results", report.results().stream().map(StoreVerdict::json).toList());
        return json;
    }

    private static Map<String, Object> json(Result result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("promise", result.promise().name());
        json.put("needed", result.promise().isNeeded());
        json.put("kept", result.verdict() == Verdict.UNKNOWN ? null : result.verdict() == Verdict.KEPT);
        json.put("detail", result.detail());
        return json;
    }
}

package io.walkback.cli;

import io.walkback.client.RecoverabilityView;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Where a database can be walked back to, and whether and how to one moment. Asks the service, which asks no
/// store.
@Command(
        name = "window",
        description =
                "Moments and positions that a database can be walked back to. With --at or --lsn: whether that one can"
                        + " be, and how; exit code 21 when it cannot.")
final class WindowCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "DATABASE", description = "Which database.")
    private String database = "";

    @Option(names = "--at", paramLabel = "TIME", description = "A time with its zone, 2026-11-22T03:15:00Z.")
    private @Nullable String at;

    @Option(names = "--lsn", paramLabel = "LSN", description = "A position, 16/B374D848.")
    private @Nullable String lsn;

    @Option(names = "--timeline", paramLabel = "N", description = "The timeline to follow; that of the backup.")
    private @Nullable Long timeline;

    WindowCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (at != null && lsn != null) {
            throw Texts.refused("--at and --lsn are both given", "Ask for one of them.");
        }
        Instant time = at == null ? null : Texts.moment("--at", at);
        Lsn position = lsn == null ? null : Texts.lsn("--lsn", lsn);
        try (WalkbackClient client = session.client()) {
            RecoverabilityView window = client.recoverability(database, time, position, timeline);
            RecoverabilityView.Answer answer = window.answer();
            if (session.output().asJson()) {
                session.output().json(window);
            } else if (answer == null) {
                print(window);
            } else {
                print(answer);
            }
            return answer == null || answer.reachable() ? ExitCode.OK : ExitCode.TARGET_UNREACHABLE;
        }
    }

    private void print(RecoverabilityView window) throws InterruptedException {
        Output output = session.output();
        if (window.ranges().isEmpty()) {
            output.text(window.database() + " cannot be walked back to any moment");
        } else {
            output.list(
                    window.ranges(),
                    new Output.Columns<RecoverabilityView.Range>()
                            .with("TIMELINE", RecoverabilityView.Range::timeline)
                            .with("FROM", RecoverabilityView.Range::fromTime)
                            .with("TO", RecoverabilityView.Range::toTime)
                            .with("FROM LSN", RecoverabilityView.Range::fromLsn)
                            .with("TO LSN", RecoverabilityView.Range::toLsn)
                            .with("BACKUP", RecoverabilityView.Range::backupId));
        }
        if (!window.holes().isEmpty()) {
            output.text("");
            output.list(
                    window.holes(),
                    new Output.Columns<RecoverabilityView.Hole>()
                            .with("TIMELINE", RecoverabilityView.Hole::timeline)
                            .with("MISSING FROM", RecoverabilityView.Hole::fromLsn)
                            .with("TO", RecoverabilityView.Hole::toLsn)
                            .with("STATUS", hole -> Texts.lower(hole.status()))
                            .with("SINCE", RecoverabilityView.Hole::since)
                            .with("CAUSE", RecoverabilityView.Hole::cause));
        }
    }

    private void print(RecoverabilityView.Answer answer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("target", answer.target());
        fields.put("reachable", answer.reachable() ? "yes" : "no");
        RecoverabilityView.Way way = answer.way();
        if (way != null) {
            fields.put("backup", way.backupId() + ", " + Bytes.text(way.backupBytes()));
            fields.put("wal", way.walSegments() + " segments, " + Bytes.text(way.walBytes()) + " stored");
            fields.put("timeline", way.timeline());
            fields.put("up to", way.upToLsn() + (way.endOfArchive() ? ", the end of what is archived" : ""));
            fields.put("expected", "about " + way.expectedSeconds() + " s, " + way.expectedBasis());
        } else {
            fields.put("why", answer.why());
            fields.put("nearest before", text(answer.before()));
            fields.put("nearest after", text(answer.after()));
        }
        session.output().value(answer, fields);
    }

    private static String text(RecoverabilityView.@Nullable Nearest nearest) {
        if (nearest == null) {
            return "none";
        }
        List<String> parts = new ArrayList<>();
        if (nearest.time() != null) {
            parts.add(nearest.time().toString());
        }
        if (nearest.lsn() != null) {
            parts.add("position " + nearest.lsn());
        }
        return String.join(", ", parts) + " on timeline " + nearest.timeline();
    }
}

package io.walkback.cli;

import io.walkback.client.Accepted;
import io.walkback.client.BackupView;
import io.walkback.client.DrillForm;
import io.walkback.client.DrillView;
import io.walkback.client.OperationView;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Rehearsals of a recovery.
@Command(name = "drill", description = "Drills: recovers a backup into a scratch cluster, judges it, takes it away.")
final class DrillCommands {
    private final Session session;

    DrillCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "run",
            description = "Rehearses one recovery. With --wait the exit code is 0 only if the backup was proven, and 20"
                    + " if the drill failed it.")
    int run(
            @Option(names = "--database", paramLabel = "NAME", description = "Of which database.") @Nullable
                    String database,
            @Option(names = "--backup-id", paramLabel = "ID", description = "This backup.") @Nullable String backupId,
            @Option(names = "--newest", description = "The newest backup; the default.") boolean newest,
            @Option(names = "--random", description = "Any backup.") boolean random,
            @Option(
                            names = "--random-window",
                            paramLabel = "TIME",
                            description = "To a moment drawn from the last so much time, such as 7d.")
                    @Nullable
                    String window,
            @Option(names = "--target-time", paramLabel = "TIME", description = "To this time, with its zone.")
                    @Nullable
                    String targetTime,
            @Option(names = "--target-lsn", paramLabel = "LSN", description = "To this position.") @Nullable
                    String targetLsn,
            @Option(
                            names = "--target",
                            paramLabel = "latest|immediate",
                            description = "The end of all WAL (default), or the end of the backup.")
                    @Nullable
                    String target,
            @Option(names = "--wait", description = BackupCommands.WAIT) boolean wait,
            @Option(
                            names = "--timeout",
                            paramLabel = "DURATION",
                            defaultValue = "24h",
                            description = BackupCommands.TIMEOUT)
                    @Nullable
                    String timeout)
            throws InterruptedException {
        if (database == null && backupId == null) {
            throw Texts.refused("neither --database nor --backup-id is given", "Say what is to be rehearsed.");
        }
        if (Stream.of(backupId != null, newest, random).filter(given -> given).count() > 1) {
            throw Texts.refused("more than one backup is chosen", "Give one of --backup-id, --newest, --random.");
        }
        if (Stream.of(target, targetTime, targetLsn, window)
                        .filter(Objects::nonNull)
                        .count()
                > 1) {
            throw Texts.refused(
                    "more than one target is given",
                    "Give one of --target, --target-time, --target-lsn, --random-window.");
        }
        Duration limit = BackupCommands.limit(timeout);
        DrillForm form = new DrillForm(
                database,
                backupId,
                random ? "random" : backupId == null ? "newest" : null,
                target,
                targetTime == null
                        ? null
                        : Texts.moment("--target-time", targetTime).toString(),
                targetLsn == null ? null : Texts.lsn("--target-lsn", targetLsn).toString(),
                window);
        try (WalkbackClient client = session.client()) {
            Accepted accepted = client.drill(form, null);
            return new Waiting(session).follow(client, accepted, wait, limit);
        }
    }

    /// P9: a drill that did not prove its backup is no pass. Of other operations nothing is said.
    static void judge(OperationView end) {
        if (!end.kind().equals("DRILL")) {
            return;
        }
        String verdict = end.resultText("verdict");
        String reason = Objects.requireNonNullElse(end.resultText("reason"), "no reason given");
        if (Objects.equals(verdict, "FAILED")) {
            String object = end.resultText("object");
            throw new OperatorActionException(
                    FailureCode.OBJECT_CORRUPT,
                    "the drill failed backup '" + end.backupId() + "': " + reason
                            + (object == null ? "" : ", at " + object),
                    "See docs/runbooks/drill-failed.md.");
        }
        if (!Objects.equals(verdict, "PROVEN")) {
            throw new OperatorActionException(
                    FailureCode.NOT_SUPPORTED,
                    "nothing was proven of backup '" + end.backupId() + "': " + reason,
                    "Nothing is known to be wrong either; mend what kept the drill from judging and run it again.");
        }
    }

    @Command(name = "list", description = "Shows drills, the newest first.")
    int list(
            @Option(names = "--database", paramLabel = "NAME", description = "Only of this database.") @Nullable
                    String database)
            throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            session.output()
                    .list(
                            client.drills(database),
                            new Output.Columns<DrillView>()
                                    .with("ID", DrillView::id)
                                    .with("DATABASE", DrillView::database)
                                    .with("STATE", drill -> Texts.lower(drill.state()))
                                    .with("ENDED", DrillView::endedAt)
                                    .with("BACKUP", DrillView::backupId)
                                    .with("VERDICT", DrillView::verdict)
                                    .with("RTO", drill -> WindowText.rpo(drill.rtoMillis()))
                                    .with("RPO", drill -> WindowText.rpo(drill.rpoMillis()))
                                    .with("WHY", DrillCommands::why));
            return ExitCode.OK;
        }
    }

    private static @Nullable String why(DrillView drill) {
        if (drill.problem() != null) {
            return drill.problem().code();
        }
        return drill.object() == null ? drill.reason() : drill.reason() + ", at " + drill.object();
    }

    /// `proven 3 d ago`, `failed 2 h ago: a reason, at an object`, `unproven: a reason`.
    static String proof(BackupView backup, Instant now) {
        BackupView.Proof proof = backup.proof();
        if (proof == null) {
            return "unproven";
        }
        return Texts.lower(proof.verdict())
                + (proof.at() == null ? "" : " " + age(Duration.between(proof.at(), now)) + " ago")
                + (proof.reason() == null ? "" : ": " + proof.reason())
                + (proof.object() == null ? "" : ", at " + proof.object());
    }

    /// In the largest unit of which there are two at least.
    private static String age(Duration age) {
        if (age.toHours() >= 48) {
            return age.toDays() + " d";
        }
        if (age.toMinutes() >= 120) {
            return age.toHours() + " h";
        }
        return age.toSeconds() >= 120 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
    }
}

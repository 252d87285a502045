package io.walkback.cli;

import io.walkback.client.Accepted;
import io.walkback.client.OperationView;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Holds: a person's word that a backup stays.
final class HoldCommands {
    private static final String SAME = "Where two databases have the same id.";

    private HoldCommands() {}

    /// Begins one.
    @Command(name = "hold", description = "Keeps a backup from expiring until it is released.")
    static final class Hold implements Callable<Integer> {
        private final Session session;

        @Parameters(paramLabel = "BACKUP", description = "Id of the backup.")
        private String backup = "";

        @Option(
                names = "--reason",
                required = true,
                paramLabel = "TEXT",
                description = "Why, for whoever wonders later.")
        private String reason = "";

        @Option(names = "--until", paramLabel = "TIME", description = "When it ends by itself, with zone.")
        private @Nullable String until;

        @Option(names = "--database", paramLabel = "NAME", description = SAME)
        private @Nullable String database;

        Hold(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() throws InterruptedException {
            Instant end = until == null ? null : Texts.moment("--until", until);
            try (WalkbackClient client = session.client()) {
                Accepted accepted = client.hold(backup, database, reason, end);
                new Waiting(session).follow(client, accepted, false, Duration.ZERO);
                return ExitCode.OK;
            }
        }
    }

    /// Ends all of one backup.
    @Command(name = "release", description = "Ends every hold on a backup.")
    static final class Release implements Callable<Integer> {
        private final Session session;

        @Parameters(paramLabel = "BACKUP", description = "Id of the backup.")
        private String backup = "";

        @Option(names = "--database", paramLabel = "NAME", description = SAME)
        private @Nullable String database;

        Release(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() throws InterruptedException {
            try (WalkbackClient client = session.client()) {
                List<OperationView> holds = new ArrayList<>();
                client.operations(database, "HOLD", List.of(), true).forEach(hold -> {
                    if (backup.equals(hold.backupId())) {
                        holds.add(hold);
                    }
                });
                if (holds.isEmpty()) {
                    throw new OperatorActionException(
                            FailureCode.OPERATION_UNKNOWN,
                            "no hold stands on backup '" + backup + "'",
                            "'walkback operations list --kind hold' shows those that stand.");
                }
                List<OperationView> released = new ArrayList<>();
                for (OperationView hold : holds) {
                    released.add(client.cancel(hold.id()));
                }
                session.output()
                        .list(
                                released,
                                new Output.Columns<OperationView>()
                                        .with("HOLD", OperationView::id)
                                        .with("BACKUP", OperationView::backupId)
                                        .with("STATE", hold -> Texts.lower(hold.state())));
                return ExitCode.OK;
            }
        }
    }
}

package io.walkback.cli;

import io.walkback.client.Accepted;
import io.walkback.client.RetentionView;
import io.walkback.client.WalkbackClient;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Deletes what the policy lets go.
@Command(name = "expire", description = "Deletes what a database's policy lets go.")
final class ExpireCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "DATABASE", description = "Of which database.")
    private String database = "";

    @Option(names = "--dry-run", description = "Only shows what would be deleted, and why.")
    private boolean dryRun;

    @Option(names = "--wait", description = BackupCommands.WAIT)
    private boolean wait;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "24h", description = BackupCommands.TIMEOUT)
    private @Nullable String timeout;

    ExpireCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            if (dryRun) {
                RetentionView plan = client.retention(database);
                if (session.output().asJson()) {
                    session.output().json(plan);
                } else {
                    new RetentionText(session).deletes(plan);
                }
                return ExitCode.OK;
            }
            Accepted accepted = client.expire(database, null);
            new Waiting(session).follow(client, accepted, wait, BackupCommands.limit(timeout));
            return ExitCode.OK;
        }
    }
}

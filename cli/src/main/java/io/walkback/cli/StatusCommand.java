package io.walkback.cli;

import io.walkback.client.BackupView;
import io.walkback.client.DatabaseView;
import io.walkback.client.OperationView;
import io.walkback.client.WalkbackClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// Every database: protected or not, and why; to which times it can be walked back, and what would be lost now.
@Command(
        name = "status",
        description =
                "Every database: protected, unproven, stalled, unprotected or red, and why. Exit code 3 unless all are"
                        + " protected or unproven.")
final class StatusCommand implements Callable<Integer> {
    private final Session session;

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            List<DatabaseView> databases = new ArrayList<>();
            client.databases().forEach(databases::add);
            List<Protection> all = new ArrayList<>();
            for (DatabaseView database : databases) {
                Optional<OperationView> reception =
                        client.operations(database.name(), "WAL_RECEPTION", List.of(), true).first().stream()
                                .findFirst();
                // The newest completed one may lie behind a page of failures.
                List<BackupView> backups = Stream.concat(
                                client.backups(database.name(), null, null, null).first().stream(),
                                client.backups(database.name(), "COMPLETED", null, null).first().stream())
                        .toList();
                all.add(Protection.of(
                        database,
                        backups,
                        reception,
                        client.recoverability(database.name(), null, null, null),
                        session.clock().instant()));
            }
            session.output()
                    .list(
                            all,
                            new Output.Columns<Protection>()
                                    .with("DATABASE", Protection::database)
                                    .with("STATE", Protection::state)
                                    .with("FROM", Protection::recoverableFrom)
                                    .with("TO", Protection::recoverableTo)
                                    .with("RPO", each -> WindowText.rpo(each.rpoMillis()))
                                    .with("WHY", Protection::why));
            return all.stream().allMatch(Protection::good) ? ExitCode.OK : ExitCode.PARTIAL;
        }
    }
}

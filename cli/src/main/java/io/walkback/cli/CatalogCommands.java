package io.walkback.cli;

import io.walkback.client.CatalogRebuildView;
import io.walkback.client.CatalogRebuildView.Backup;
import io.walkback.client.WalkbackClient;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The catalog as a whole.
@Command(name = "catalog", description = "What the services know of backups.")
final class CatalogCommands {
    private static final String UNREADABLE = "UNREADABLE";

    private final Session session;

    CatalogCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "rebuild",
            description = {
                "Makes every backup known again that the repository has and the catalog lost. What the catalog has",
                "stays as it is, so it can be run at any time, and again. Exit code 3 if a backup is in the repository",
                "and cannot be read."
            })
    int rebuild(
            @Option(
                            names = "--repository",
                            paramLabel = "URL",
                            description = "Where the services must have their repository; refused if it is elsewhere.")
                    @Nullable
                    String repository,
            @Option(names = "--database", paramLabel = "NAME", description = "Only this database.") @Nullable
                    String database,
            @Option(names = "--dry-run", description = "Only says what it would do.") boolean dryRun)
            throws InterruptedException {
        URI place = repository == null ? null : RepositoryCommands.url(repository);
        Map<String, Long> outcomes = new TreeMap<>();
        Set<String> names = new TreeSet<>();
        long segments = 0;
        try (WalkbackClient client = session.client()) {
            session.output()
                    .list(
                            client.rebuildCatalog(place, database, dryRun, page -> {
                                page.databases().forEach(each -> names.add(each.name()));
                                count(page, outcomes);
                            }),
                            new Output.Columns<Backup>()
                                    .with("DATABASE", Backup::database)
                                    .with("BACKUP", Backup::backupId)
                                    .with("OUTCOME", backup -> Texts.lower(backup.outcome()))
                                    .with("REASON", Backup::reason));
            for (String name : names) {
                segments += client.rebuildWal(name, dryRun);
            }
        }
        session.terminal()
                .say(number(outcomes, "RESTORED") + (dryRun ? " would be restored, " : " restored, ")
                        + number(outcomes, "KNOWN") + " known, " + number(outcomes, UNREADABLE) + " unreadable; "
                        + segments
                        + (dryRun ? " wal segments would be indexed" : " wal segments indexed"));
        return number(outcomes, UNREADABLE) == 0 ? ExitCode.OK : ExitCode.PARTIAL;
    }

    private void count(CatalogRebuildView page, Map<String, Long> outcomes) {
        page.items().forEach(backup -> outcomes.merge(backup.outcome(), 1L, Long::sum));
        page.databases().stream().filter(database -> !database.registered()).forEach(database -> session.terminal()
                .say("database '" + database.name() + "', cluster "
                        + database.systemIdentifiers().getLast()
                        + ", is not registered: its backups can be restored, and none is taken or expires"
                        + " before 'walkback databases add'"));
    }

    private static long number(Map<String, Long> outcomes, String outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }
}

package io.walkback.cli;

import io.walkback.client.OperationView;
import io.walkback.client.WalkbackClient;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The work in hand.
@Command(name = "operations", description = "The work in hand, and what came of it.")
final class OperationCommands {
    private static final String ID = "Id of the operation.";

    private final Session session;

    OperationCommands(Session session) {
        this.session = session;
    }

    @Command(name = "list", description = "Shows operations that are not over.")
    int list(
            @Option(names = "--all", description = "Also those that are over.") boolean all,
            @Option(names = "--database", paramLabel = "NAME", description = "Only of this database.") @Nullable
                    String database,
            @Option(names = "--kind", paramLabel = "KIND", description = "Only of this kind, such as restore.")
                    @Nullable
                    String kind,
            @Option(names = "--state", paramLabel = "STATE", description = "Only in this state; may be repeated.")
                    @Nullable
                    List<String> states)
            throws InterruptedException {
        List<String> wanted = states == null
                ? List.of()
                : states.stream().map(OperationCommands::name).toList();
        try (WalkbackClient client = session.client()) {
            session.output()
                    .list(
                            client.operations(
                                    database, kind == null ? null : name(kind), wanted, !all && states == null),
                            new Output.Columns<OperationView>()
                                    .with("ID", OperationView::id)
                                    .with("DATABASE", OperationView::database)
                                    .with("KIND", operation -> name(operation.kind())
                                            .toLowerCase(Locale.ROOT))
                                    .with("STATE", OperationCommands::state)
                                    .with("OPENED", OperationView::openedAt)
                                    .with("WORKER", OperationView::worker)
                                    .with("PROGRESS", OperationCommands::progress)
                                    .with("PROBLEM", OperationCommands::problem));
            return ExitCode.OK;
        }
    }

    private static String name(String text) {
        return text.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static String state(OperationView operation) {
        return Texts.lower(operation.state())
                + (operation.cancelRequested() && !operation.over() ? ", cancelling" : "")
                + (operation.paused() ? ", paused" : "");
    }

    private static @Nullable String progress(OperationView operation) {
        OperationView.Progress progress = operation.progress();
        return progress == null
                ? null
                : progress.phase() + (progress.bytesDone() > 0 ? " " + Bytes.text(progress.bytesDone()) : "");
    }

    private static @Nullable String problem(OperationView operation) {
        return operation.problem() == null ? null : operation.problem().code();
    }

    @Command(name = "show", description = "Shows one operation.")
    int show(@Parameters(paramLabel = "ID", description = ID) String id) throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            return print(client.operation(id));
        }
    }

    @Command(name = "cancel", description = "Asks for an operation to end.")
    int cancel(@Parameters(paramLabel = "ID", description = ID) String id) throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            return print(client.cancel(id));
        }
    }

    @Command(name = "pause", description = "Keeps an operation from being taken up.")
    int pause(@Parameters(paramLabel = "ID", description = ID) String id) throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            return print(client.pause(id));
        }
    }

    @Command(name = "release", description = "Ends the pause of an operation.")
    int release(@Parameters(paramLabel = "ID", description = ID) String id) throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            return print(client.release(id));
        }
    }

    private int print(OperationView operation) {
        session.output().value(operation, Waiting.fields(operation));
        return ExitCode.OK;
    }
}

package io.walkback.cli;

import io.walkback.standalone.up.ReadyLine;
import io.walkback.standalone.up.Settings;
import io.walkback.standalone.up.Up;
import io.walkback.standalone.up.UpOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The platform on embedded parts, until it is stopped.
@Command(
        name = "up",
        description = "Starts broker, registry and services on this machine, and keeps them until Ctrl-C.")
final class UpCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--data", paramLabel = "DIR", description = "Where everything is kept (walkback-data).")
    private Path data = UpOptions.DEFAULT_DATA;

    @Option(
            names = "--api-port",
            paramLabel = "PORT",
            description = "Where the API listens; 0 for a free one (the one it had before, 8080 at first).")
    private @Nullable Integer apiPort;

    @Option(
            names = "--repository",
            paramLabel = "URL",
            description = "A directory, file:///directory or s3://bucket/prefix.")
    private @Nullable String repository;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "Brokers that exist already.")
    private @Nullable String kafka;

    @Option(names = "--registry", paramLabel = "URL", description = "A schema registry that exists already.")
    private @Nullable URI registry;

    UpCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        UpOptions options = new UpOptions(
                data.toAbsolutePath().normalize(),
                apiPort == null ? OptionalInt.empty() : OptionalInt.of(apiPort),
                Optional.ofNullable(repository),
                Optional.ofNullable(kafka),
                Optional.ofNullable(registry));
        Built built = Built.ofThisProcess();
        Settings settings = Settings.ofThisProcess(built.root());
        try (Up up = Up.start(options, settings, built.root(), built.parts(), session.terminal()::say)) {
            boolean json = session.root().format() == Root.Format.json;
            session.terminal().out().println(json ? ReadyLine.json(up) : ReadyLine.text(up));
            session.terminal().out().flush();
            up.awaitEnd();
        }
        return ExitCode.OK;
    }
}

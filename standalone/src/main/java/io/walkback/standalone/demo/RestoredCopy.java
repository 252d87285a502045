package io.walkback.standalone.demo;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.Launch;
import io.walkback.standalone.demo.Comparison.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A restored database. Its server belongs to nobody (the worker hands it over and lets it go), so the demo has to
/// end it, and a guard does when the demo itself is killed.
final class RestoredCopy implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(60);

    /// Ends the server of a data directory when it is itself told to end, by the demo or by the kernel in its
    /// place. A server that a worker was just starting has no `postmaster.pid` for a moment.
    private static final String GUARD = """
        trap 'kill "$sleeper" 2>/dev/null
              for try in 1 2 3 4 5; do
                  if [ -r "$1/postmaster.pid" ]; then kill -s INT "$(head -n 1 "$1/postmaster.pid")"; exit 0; fi
                  sleep 1
              done
              exit 0' TERM
        while :; do sleep 60 & sleeper=$!; wait "$sleeper"; done\
        """;

    private final Path directory;
    private final ChildProcess guard;
    private Optional<ProcessHandle> seen = Optional.empty();

    private RestoredCopy(Path directory, ChildProcess guard) {
        this.directory = directory;
        this.guard = guard;
    }

    /// Takes charge of what will be restored into the folder `name` of `folder`.
    static RestoredCopy in(Path folder, String name) {
        Path directory = folder.resolve(name);
        return new RestoredCopy(
                directory,
                ChildProcess.start(Launch.of(
                        "restored-guard",
                        List.of("/bin/sh", "-c", GUARD, "restored-guard", directory.toString()),
                        folder,
                        folder.resolve("restored-guard.log"))));
    }

    Path directory() {
        return directory;
    }

    /// A session through the unix socket in `folder`, the only way into a restored server.
    Connection connect(Path folder, Properties login, String dbname) throws SQLException {
        seen = server();
        Properties all = new Properties();
        all.putAll(login);
        all.setProperty("socketFactory", UnixSocketFactory.class.getName());
        all.setProperty("socketFactoryArg", folder.resolve(".s.PGSQL.5432").toString());
        return DriverManager.getConnection("jdbc:postgresql://localhost:5432/" + dbname, all);
    }

    /// Every row of the table that was dropped.
    static List<Row> rows(Connection connection) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(Ledger.SELECT)) {
            while (row.next()) {
                rows.add(new Row(
                        row.getLong(1),
                        Ledger.sha256(row.getString(2)),
                        row.getObject(3, OffsetDateTime.class).toInstant()));
            }
        }
        return rows;
    }

    /// The server as it runs now, if it does.
    Optional<ProcessHandle> server() {
        Path file = directory.resolve("postmaster.pid");
        try {
            return Files.exists(file)
                    ? ProcessHandle.of(
                            Long.parseLong(Files.readAllLines(file).getFirst().strip()))
                    : Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }

    /// The server that was last connected to and the guard.
    List<ProcessHandle> processes() {
        List<ProcessHandle> processes = new ArrayList<>(seen.stream().toList());
        ProcessHandle.of(guard.pid()).ifPresent(processes::add);
        return processes;
    }

    /// Ends the server in order, and the guard.
    @Override
    public void close() {
        Optional<ProcessHandle> server = server().or(() -> seen).filter(ProcessHandle::isAlive);
        guard.close();
        server.ifPresent(running -> {
            try {
                running.onExit().get(END.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException stays) {
                throw new IllegalStateException("the restored server, process " + running.pid() + ", stays", stays);
            }
        });
    }
}

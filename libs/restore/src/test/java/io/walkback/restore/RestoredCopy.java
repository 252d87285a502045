package io.walkback.restore;

import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.Postmaster;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Looks at a restored copy with PostgreSQL's own programs, as the account that owns it.
public final class RestoredCopy {
    private RestoredCopy() {}

    record Outcome(int code, String output) {}

    /// One value from a server on a unix socket.
    public static String query(String socket, String sql) throws Exception {
        Outcome outcome = run("psql", "-h", socket, "-p", "5432", "-U", "postgres", "-d", "postgres", "-XAtqc", sql);
        if (outcome.code() != 0) {
            throw new IllegalStateException(outcome.output());
        }
        return outcome.output().strip();
    }

    static Outcome run(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        ServerAccount.forThisProcess()
                .ifPresent(user -> command.addAll(
                        List.of("setpriv", "--reuid=" + user.uid(), "--regid=" + user.gid(), "--clear-groups", "--")));
        command.add(PostgresTools.require(program).toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(Path.of("/").toFile());
        builder.environment().put("PGPASSWORD", SourceCluster.PASSWORD);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            throw new IllegalStateException(program + " does not end");
        }
        return new Outcome(process.exitValue(), output);
    }

    /// Fast shutdown of the server on `directory`, by process id.
    public static void stop(Path directory) throws IOException {
        Optional<Postmaster> server = Postmaster.of(directory);
        if (server.isEmpty()) {
            return;
        }
        ProcessHandle process = ProcessHandle.of(server.get().pid()).orElseThrow();
        new ProcessBuilder("/bin/sh", "-c", "kill -s INT \"$1\"", "stop", Long.toString(process.pid()))
                .inheritIO()
                .start();
        try {
            process.onExit().get(60, TimeUnit.SECONDS);
        } catch (Exception lasting) {
            throw new IOException("server " + process.pid() + " does not stop", lasting);
        }
    }

    static void stopAllIn(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder, 2)) {
            for (Path directory : tree.filter(path -> Files.exists(path.resolve("postmaster.pid")))
                    .toList()) {
                stop(directory);
            }
        }
    }
}

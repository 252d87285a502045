package io.walkback.cli.real;

import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.ServerAccount;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A PostgreSQL server that belongs to the user: Walkback knows nothing of it but what the user types.
///
/// @param server   runs
/// @param terminal where `psql` is run
record OwnServer(PostgresServer server, Walkback terminal) implements AutoCloseable {
    static final String SUPERUSER_PASSWORD = "superuser-secret";
    static final String ROLE_PASSWORD = "choose-one";

    static OwnServer start(PostgresConfig config, Walkback terminal) {
        PostgresServer server = new PostgresServer(config);
        server.initialise(SUPERUSER_PASSWORD);
        server.start();
        return new OwnServer(server, terminal);
    }

    /// The address as it is typed, for the role that README creates.
    String url(String role, String password) {
        return "postgresql://" + role + ":" + password + "@127.0.0.1:" + server.port() + "/postgres";
    }

    /// The address of a dbname for the superuser, without a password.
    String url(String dbname) {
        return "postgresql://postgres@127.0.0.1:" + server.port() + "/" + dbname;
    }

    /// A file with the superuser's password, which nobody else can read.
    Path passwordFile(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "password", "");
        Files.writeString(file, SUPERUSER_PASSWORD + "\n");
        return file;
    }

    /// Runs statements as superuser, each in a transaction of its own, and returns what they print.
    String psql(String... statements) {
        return psql("127.0.0.1", server.port(), statements);
    }

    /// The same in a restored copy, which knows the passwords of its source.
    String psql(String host, int port, String... statements) {
        List<String> command = new ArrayList<>(List.of(
                PostgresTools.require("psql").toString(),
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
                "--host=" + host,
                "--port=" + port,
                "--username=postgres",
                "--dbname=postgres"));
        for (String statement : statements) {
            command.add("--command=" + statement);
        }
        Walkback.Said said = terminal.execute(command, Map.of("PGPASSWORD", SUPERUSER_PASSWORD));
        if (said.code() != 0) {
            throw new AssertionError("psql: " + said.all());
        }
        return said.out().strip();
    }

    /// Runs one of PostgreSQL's programs as the account that owns data directories.
    Walkback.Said judge(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        ServerAccount.forThisProcess()
                .ifPresent(user -> command.addAll(
                        List.of("setpriv", "--reuid=" + user.uid(), "--regid=" + user.gid(), "--clear-groups", "--")));
        command.add(PostgresTools.require(program).toString());
        command.addAll(List.of(arguments));
        return terminal.execute(command, Map.of("PGPASSWORD", SUPERUSER_PASSWORD));
    }

    /// Ends the server that a restore left running on `directory`.
    void stopCopy(Path directory) throws IOException {
        Walkback.Said said = judge("pg_ctl", "stop", "--mode=fast", "--wait", "-D", directory.toString());
        if (said.code() != 0) {
            throw new AssertionError("pg_ctl: " + said.all());
        }
    }

    @Override
    public void close() {
        server.close();
    }
}

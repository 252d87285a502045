package io.walkback.standalone.demo;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/// The database that is protected: a PostgreSQL server of the demo's own, on loopback.
final class SourceDatabase implements AutoCloseable {
    static final String ROLE = "walkback";
    static final int ORDERS = 700_000;

    private static final String DBNAME = "shop";
    private static final String SUPERUSER = "postgres";
    private static final int PASSWORD_BYTES = 18;

    /// Some 250 MB: a wide table with two indexes, large values out of line, one row per parent, and empty ones
    /// that live writes fill.
    private static final List<String> FILL = List.of(
            "CREATE EXTENSION amcheck",
            "CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, email text UNIQUE, since date)",
            "INSERT INTO customers (name, email, since) SELECT 'customer ' || n, 'c' || n || '@example.org',"
                    + " date '2020-01-01' + n % 2000 FROM generate_series(1, 100000) n",
            "CREATE TABLE orders (id serial PRIMARY KEY, customer int NOT NULL, amount numeric NOT NULL,"
                    + " placed timestamptz NOT NULL, note text)",
            "INSERT INTO orders (customer, amount, placed, note) SELECT 1 + n % 100000, n % 9973, timestamptz"
                    + " '2024-01-01' + n * interval '7 s', md5(n::text) || md5((n * 3)::text)"
                    + " FROM generate_series(1, " + ORDERS + ") n",
            "CREATE INDEX orders_by_customer ON orders (customer, placed)",
            "CREATE TABLE documents (id serial PRIMARY KEY, title text NOT NULL, body text NOT NULL)",
            "INSERT INTO documents (title, body) SELECT 'document ' || d, string_agg(md5((d * 10000 + p)::text), '')"
                    + " FROM generate_series(1, 400) d, generate_series(1, 6000) p GROUP BY d",
            "CREATE TABLE events (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), body bytea NOT"
                    + " NULL)",
            "CREATE SEQUENCE invoice_numbers START 1000",
            Ledger.CREATE,
            "VACUUM (FREEZE, ANALYZE)",
            "CHECKPOINT");

    private final PostgresServer server;
    private final Secret superuser = newPassword();
    private final Secret role = newPassword();

    private SourceDatabase(PostgresServer server) {
        this.server = server;
    }

    /// A server with its data directory `directory`; nothing runs before [#start].
    static SourceDatabase in(Path directory, Parts parts, int major) {
        return new SourceDatabase(new PostgresServer(PostgresConfig.of(PostgresPrograms.find(parts, major), directory)
                .withSetting("wal_level", "replica")
                .withSetting("max_wal_senders", "10")
                .withSetting("max_replication_slots", "10")
                .withSetting("max_wal_size", "1GB")));
    }

    private static Secret newPassword() {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        return new Secret(HexFormat.of().formatHex(random));
    }

    /// Creates the cluster, starts the server, makes the role that Walkback uses, and fills the database.
    void start() throws SQLException {
        server.initialise(superuser.reveal());
        server.start();
        try (Connection connection = connect("postgres")) {
            Sql.run(connection, "CREATE DATABASE " + DBNAME);
        }
        try (Connection connection = connect()) {
            // A password has no place among the parameters of this statement; ours is hexadecimal digits only.
            Sql.run(connection, "CREATE ROLE " + ROLE + " LOGIN REPLICATION PASSWORD '" + role.reveal() + "'");
            Sql.run(connection, "GRANT pg_monitor, pg_read_all_data TO " + ROLE);
            Sql.run(connection, "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO " + ROLE);
            for (String statement : FILL) {
                Sql.run(connection, statement);
            }
        }
    }

    /// A session of the superuser in the filled database.
    Connection connect() throws SQLException {
        return connect(DBNAME);
    }

    private Connection connect(String dbname) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(dbname), superuserLogin());
    }

    /// What a restored copy lets the superuser in with, too.
    Properties superuserLogin() {
        Properties login = new Properties();
        login.setProperty("user", SUPERUSER);
        login.setProperty("password", superuser.reveal());
        return login;
    }

    static String dbname() {
        return DBNAME;
    }

    /// Writes the role's password into a file of mode 0600 for the workers to read.
    Path passwordFile(Path file) {
        return secretFile(file, role);
    }

    /// A file of mode 0600 with a password that nobody has.
    static Path wrongPasswordFile(Path file) {
        return secretFile(file, newPassword());
    }

    private static Path secretFile(Path file, Secret secret) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, secret.reveal());
            return file;
        } catch (IOException unwritable) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "cannot write " + file + ": " + unwritable.getMessage(),
                    "Check that the folder can be written.",
                    unwritable);
        }
    }

    int port() {
        return server.port();
    }

    Path log() {
        return server.config().log();
    }

    /// The server and the processes that it has now.
    List<ProcessHandle> processes() {
        return ProcessHandle.of(server.process().pid()).stream()
                .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
                .toList();
    }

    @Override
    public void close() {
        server.close();
    }
}

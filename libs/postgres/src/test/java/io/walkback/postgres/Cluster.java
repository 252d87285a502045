package io.walkback.postgres;

import io.walkback.domain.Secret;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.replication.ReplicationConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.UnaryOperator;

/// A real server with SCRAM logins: a superuser, and `walkback`, who may replicate and nothing else.
public final class Cluster implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(30);
    public static final PostgresConnector CONNECTOR = new PostgresConnector(Duration.ofSeconds(10));
    private static final String PASSWORD = "correct horse 'battery'";

    public final PostgresServer server;

    private Cluster(PostgresServer server) {
        this.server = server;
    }

    /// A new server of a major version; 15 is Debian's where that is installed.
    public static Cluster start(int major, Path directory, UnaryOperator<PostgresConfig> settings) {
        PostgresPrograms programs = PostgresPrograms.find(Parts.fromSystemProperty(), major);
        Cluster cluster = new Cluster(new PostgresServer(settings.apply(
                PostgresConfig.of(programs, directory.resolve("data" + major)).withSetting("fsync", "off"))));
        cluster.server.initialise(PASSWORD);
        cluster.server.start();
        cluster.execute("CREATE ROLE walkback LOGIN REPLICATION PASSWORD 'wandering'");
        return cluster;
    }

    /// A server on a data directory that exists.
    public static Cluster on(int major, Path data) {
        PostgresPrograms programs = PostgresPrograms.find(Parts.fromSystemProperty(), major);
        return new Cluster(new PostgresServer(PostgresConfig.of(programs, data)));
    }

    public PostgresTarget target(String user, String password) {
        return PostgresTarget.parse(
                        "postgresql://" + user + "@127.0.0.1:" + server.port() + "/postgres?sslmode=disable")
                .withPassword(new Secret(password));
    }

    public PostgresTarget superuser() {
        return target("postgres", PASSWORD);
    }

    public PostgresTarget walkback() {
        return target("walkback", "wandering");
    }

    public ReplicationConnection replication() {
        return ReplicationConnection.open(CONNECTOR, walkback(), "walkback_test", PATIENCE);
    }

    public void execute(String... statements) {
        try (Connection connection = CONNECTOR.connect(superuser(), "test", PATIENCE);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (java.sql.SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    public String query(String sql) {
        try (Connection connection = CONNECTOR.connect(superuser(), "test", PATIENCE);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (java.sql.SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}

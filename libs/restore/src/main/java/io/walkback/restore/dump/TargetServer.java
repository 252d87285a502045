package io.walkback.restore.dump;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.Text;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.PostgresTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.postgresql.PGConnection;

/// The running server that a dbname is restored into, through its dbname `postgres`. A dbname that is made here
/// carries a comment until it is complete, so that one which a killed run left behind is known as such, and is
/// taken away by the next attempt of the same operation and by nobody else.
final class TargetServer implements AutoCloseable {
    private static final String MAINTENANCE = "postgres";
    /// `CREATE DATABASE` waits for a checkpoint.
    private static final Duration ANSWER = Duration.ofMinutes(15);
    private static final String MARK = "walkback: incomplete, being restored by ";
    private static final String DUPLICATE_DATABASE = "42P04";

    /// What initdb did not make. Temporary schemas come and go with sessions.
    private static final String OBJECTS = """
        SELECT (SELECT count(*) FROM pg_class WHERE oid >= 16384)
             + (SELECT count(*) FROM pg_proc WHERE oid >= 16384)
             + (SELECT count(*) FROM pg_type WHERE oid >= 16384)
             + (SELECT count(*) FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_(toast_)?temp_')
             + (SELECT count(*) FROM pg_extension WHERE oid >= 16384)
             + (SELECT count(*) FROM pg_event_trigger)
             + (SELECT count(*) FROM pg_largeobject_metadata)\
        """;

    private final PostgresConnector connector;
    private final PostgresTarget target;
    private final Connection connection;

    private TargetServer(PostgresConnector connector, PostgresTarget target, Connection connection) {
        this.connector = connector;
        this.target = target;
        this.connection = connection;
    }

    /// @param target its dbname is the one to restore into
    static TargetServer connect(PostgresConnector connector, PostgresTarget target) {
        return new TargetServer(
                connector, target, connector.connect(target.withDatabase(MAINTENANCE), "walkback_restore", ANSWER));
    }

    String dbname() {
        return target.database();
    }

    String address() {
        return target.address();
    }

    /// `150019`.
    int version() {
        return asking("reading the version", () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SHOW server_version_num")) {
                row.next();
                return row.getInt(1);
            }
        });
    }

    /// The role that the server knows us as.
    String role() {
        return asking("reading the role", () -> first("SELECT current_user"));
    }

    private String first(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    Set<String> roles() {
        return names("SELECT rolname FROM pg_roles");
    }

    Set<String> tablespaces() {
        return names("SELECT spcname FROM pg_tablespace");
    }

    private Set<String> names(String sql) {
        return asking("listing roles and tablespaces", () -> {
            Set<String> names = new TreeSet<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            return names;
        });
    }

    /// Whether the dbname is there. One that a killed attempt of this operation made is taken away and is not. One
    /// that is there must be empty, otherwise `TARGET_NOT_EMPTY`.
    ///
    /// @param remove false: only look
    boolean exists(String operation, boolean remove) {
        Optional<String> comment = asking("looking for the dbname", this::comment);
        if (comment.isEmpty()) {
            return false;
        }
        if (comment.get().equals(MARK + operation)) {
            if (remove) {
                drop();
            }
            return false;
        }
        if (comment.get().startsWith(MARK)) {
            throw taken("is what a restore that did not end left behind");
        }
        long objects = objects();
        if (objects > 0) {
            throw taken("is there and not empty: its catalogs have " + objects + " entries that are not the system's");
        }
        return true;
    }

    private OperatorActionException taken(String what) {
        return new OperatorActionException(
                FailureCode.TARGET_NOT_EMPTY,
                "dbname '" + Text.printable(dbname(), 63) + "' at " + address() + " " + what,
                "Name another one, which is then made, or drop this one; nothing was written.");
    }

    private Optional<String> comment() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = ?")) {
            statement.setString(1, dbname());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private long objects() {
        try (Connection inside = connector.connect(target, "walkback_restore", ANSWER);
                Statement statement = inside.createStatement();
                ResultSet row = statement.executeQuery(OBJECTS)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "counting what the dbname holds", address());
        }
    }

    /// Makes the dbname and marks it as incomplete.
    ///
    /// @param properties what follows the name in `CREATE DATABASE`
    void create(String properties, String operation) {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("CREATE DATABASE " + quoted(dbname()) + " " + properties);
        } catch (SQLException failure) {
            throw DUPLICATE_DATABASE.equals(failure.getSQLState())
                    ? taken("was made by somebody else in this moment")
                    : PostgresFailures.of(failure, "creating the dbname", address());
        }
        comment("'" + asking("quoting", () -> driver().escapeLiteral(MARK + operation)) + "'");
    }

    /// Takes the mark away.
    void complete() {
        comment("NULL");
    }

    private void comment(String literal) {
        execute("marking the dbname", List.of("COMMENT ON DATABASE " + quoted(dbname()) + " IS " + literal));
    }

    /// Ends whoever is connected, a `pg_restore` that was killed for example.
    void drop() {
        execute(
                "dropping the incomplete dbname",
                List.of("DROP DATABASE IF EXISTS " + quoted(dbname()) + " WITH (FORCE)"));
    }

    /// Runs statements one by one.
    void execute(String doing, List<String> statements) {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, doing, address());
        }
    }

    /// Runs statements in one transaction: all of them or none.
    void executeTogether(String doing, List<String> statements) {
        try {
            connection.setAutoCommit(false);
            try {
                execute(doing, statements);
                connection.commit();
            } catch (PlatformException failed) {
                connection.rollback();
                throw failed;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, doing, address());
        }
    }

    private String quoted(String name) {
        return asking("quoting", () -> driver().escapeIdentifier(name));
    }

    private PGConnection driver() throws SQLException {
        return connection.unwrap(PGConnection.class);
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws SQLException;
    }

    private <T> T asking(String doing, Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, doing, address());
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "closing a connection", address());
        }
    }
}

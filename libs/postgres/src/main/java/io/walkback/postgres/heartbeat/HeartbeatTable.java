package io.walkback.postgres.heartbeat;

import io.walkback.domain.Lsn;
import io.walkback.postgres.connection.PostgresFailures;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/// The table of the row, its making and its writing. Stateless.
public final class HeartbeatTable {
    public static final String SCHEMA = "walkback";
    public static final String NAME = SCHEMA + ".heartbeat";

    /// Whoever owns the schema could have put a trigger of his there, which would run as a superuser. In a schema
    /// of a superuser nobody else makes anything.
    ///
    /// Updated in place, page and index untouched: half of the page is room for the versions between two vacuums.
    private static final String CREATE = """
        DO $walkback$
        BEGIN
            CREATE SCHEMA IF NOT EXISTS %1$s;
            IF EXISTS (SELECT FROM pg_catalog.pg_namespace n
                         JOIN pg_catalog.pg_roles o ON o.oid = n.nspowner
                        WHERE n.nspname = 'walkback' AND NOT o.rolsuper)
               OR EXISTS (SELECT FROM pg_catalog.pg_class c
                            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                            JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
                           WHERE n.nspname = 'walkback' AND NOT o.rolsuper) THEN
                RAISE EXCEPTION 'schema walkback, or something in it, belongs to somebody who is no superuser'
                    USING HINT = 'What is in it would run with the rights of whoever sets this up.';
            END IF;
            CREATE TABLE IF NOT EXISTS %2$s (
                id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
                written_at timestamp with time zone NOT NULL,
                lsn pg_lsn NOT NULL) WITH (fillfactor = 50);
            INSERT INTO %2$s (written_at, lsn) VALUES (clock_timestamp(), pg_current_wal_insert_lsn())
                ON CONFLICT DO NOTHING;
        END
        $walkback$\
        """.formatted(SCHEMA, NAME);

    private static final String DROP = "DROP TABLE IF EXISTS " + NAME + ";\nDROP SCHEMA IF EXISTS " + SCHEMA;

    private static final String OURS = """
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
              JOIN pg_catalog.pg_roles s ON s.oid = n.nspowner
             WHERE n.nspname = 'walkback' AND c.relname = 'heartbeat' AND c.relkind = 'r' AND o.rolsuper AND s.rolsuper
               AND has_schema_privilege(?, n.oid, 'USAGE') AND has_table_privilege(?, c.oid, 'UPDATE'))\
        """;

    /// A heartbeat that waited for a standby, or for a lock, would measure that.
    private static final String TERMS = "SET synchronous_commit = local; SET lock_timeout = '2s';"
            + " SET statement_timeout = '5s'; SET search_path = pg_catalog";

    private static final String WRITABLE =
            "SELECT current_user, NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'";
    private static final String WRITE = "UPDATE " + NAME
            + " SET written_at = clock_timestamp(), lsn = pg_current_wal_insert_lsn() WHERE id = 1 RETURNING"
            + " written_at";
    private static final String END = "SELECT pg_current_wal_insert_lsn()::text";

    private HeartbeatTable() {}

    /// One written row.
    ///
    /// @param writtenAt by the server's clock
    /// @param end       where its commit had been written at the latest
    public record Beat(Instant writtenAt, Lsn end) {}

    /// Statements of a superuser, without the last semicolon.
    public static String create() {
        return CREATE;
    }

    /// Takes the table away, and its schema where nobody else has put anything into it; fails where somebody has.
    public static String drop() {
        return DROP;
    }

    /// Whether the table is there, belongs to a superuser, and may be written by `role`. A role that does not exist
    /// may not.
    public static boolean isFor(Connection connection, String role, String address) {
        try (PreparedStatement known =
                connection.prepareStatement("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ?)")) {
            known.setString(1, role);
            try (ResultSet row = known.executeQuery()) {
                return row.next() && row.getBoolean(1) && isOurs(connection, role);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "looking for " + NAME, address);
        }
    }

    private static boolean isOurs(Connection connection, String role) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OURS)) {
            statement.setString(1, role);
            statement.setString(2, role);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /// Writes the row, in a commit of its own that waits for no standby; seven seconds at most. Empty where there
    /// is none to write: it was not made, belongs to a stranger, or the server or the session writes nothing.
    ///
    /// @param connection in auto-commit mode; some of its settings change for good
    public static Optional<Beat> write(Connection connection, String address) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(TERMS);
            String role;
            try (ResultSet row = statement.executeQuery(WRITABLE)) {
                if (!row.next() || !row.getBoolean(2)) {
                    return Optional.empty();
                }
                role = row.getString(1);
            }
            if (!isOurs(connection, role)) {
                return Optional.empty();
            }
            Instant writtenAt;
            try (ResultSet row = statement.executeQuery(WRITE)) {
                if (!row.next()) {
                    return Optional.empty();
                }
                writtenAt = row.getObject(1, OffsetDateTime.class).toInstant();
            }
            try (ResultSet row = statement.executeQuery(END)) {
                return row.next() ? Optional.of(new Beat(writtenAt, Lsn.parse(row.getString(1)))) : Optional.empty();
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "writing " + NAME, address);
        }
    }
}

package io.walkback.backup.logical;

import io.walkback.postgres.connection.PostgresFailures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;

/// A snapshot that a session of ours has exported and holds, and the relations that the catalog has in it. Whatever
/// `pg_dump` reads in the same snapshot must have them all. Holds 8 bytes a relation. Closed with its connection,
/// by whoever opened that.
///
/// @param id        what `--snapshot` takes, good while the connection is open
/// @param takenAt   by the server's clock
/// @param relations OIDs of tables, views, materialized views, sequences and foreign tables, ascending, but for
/// what belongs to the system or to an extension
record DumpSnapshot(String id, Instant takenAt, Relations relations) {
    /// The session waits for as long as the dump runs.
    private static final String PATIENCE = """
        SELECT set_config(name, '0', false) FROM pg_settings
         WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout',
                        'transaction_timeout')\
        """;

    private static final String EXPORT = "SELECT pg_export_snapshot(), transaction_timestamp()";

    /// As `pg_dump` chooses: no schema whose name begins with `pg_`, and nothing that an extension makes.
    private static final String RELATIONS = """
        SELECT c.oid::bigint
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
           AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
           AND NOT EXISTS (SELECT FROM pg_depend d
                            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
         ORDER BY 1\
        """;

    /// OIDs, ascending.
    static final class Relations {
        private long[] oids = new long[64];
        private int count;

        void add(long oid) {
            if (count == oids.length) {
                oids = Arrays.copyOf(oids, count * 2);
            }
            oids[count++] = oid;
        }

        int count() {
            return count;
        }

        long at(int index) {
            return oids[index];
        }

        /// Where `oid` stands, negative if it is not there.
        int find(long oid) {
            return Arrays.binarySearch(oids, 0, count, oid);
        }
    }

    /// Exports one in a session that is used for nothing else.
    static DumpSnapshot export(Connection session, String address) {
        try (Statement statement = session.createStatement()) {
            statement.execute(PATIENCE);
            session.setAutoCommit(false);
            session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            session.setReadOnly(true);
            Relations relations = new Relations();
            statement.setFetchSize(10_000);
            try (ResultSet row = statement.executeQuery(RELATIONS)) {
                while (row.next()) {
                    relations.add(row.getLong(1));
                }
            }
            try (ResultSet row = statement.executeQuery(EXPORT)) {
                row.next();
                return new DumpSnapshot(
                        row.getString(1), row.getObject(2, OffsetDateTime.class).toInstant(), relations);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "exporting a snapshot", address);
        }
    }
}

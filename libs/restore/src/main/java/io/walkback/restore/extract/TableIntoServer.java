package io.walkback.restore.extract;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.PostgresTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One table of a scratch cluster beside the live one: first [#compare], which writes nothing, then, when somebody
/// has agreed, [#write]. For one thread.
public final class TableIntoServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableIntoServer.class);
    private static final String APPLICATION = "walkback_extract";
    /// Sorting a large table comes before its first row.
    private static final Duration ANSWER = Duration.ofHours(24);

    private static final DateTimeFormatter SUFFIX = DateTimeFormatter.ofPattern(
                    "'_restored_'yyyyMMddHHmmss", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Connection copy;
    private final TableName table;
    private final TableShape shape;
    private final PostgresConnector connector;
    private final PostgresTarget live;

    private TableIntoServer(
            Connection copy, TableName table, TableShape shape, PostgresConnector connector, PostgresTarget live) {
        this.copy = copy;
        this.table = table;
        this.shape = shape;
        this.connector = connector;
        this.live = live;
    }

    /// `REQUEST_INVALID` where the copy has no such table.
    public static TableIntoServer open(
            RestoredServer restored, String dbname, TableName table, PostgresConnector connector, PostgresTarget live) {
        Connection copy = restored.connections().apply(dbname);
        try {
            TableComparison.begin(copy, true);
            TableShape shape = requireTable(copy, dbname, table);
            return new TableIntoServer(copy, table, shape, connector, live);
        } catch (SQLException failure) {
            close(copy);
            throw PostgresFailures.of(failure, "reading the table of the copy", "the copy");
        } catch (RuntimeException failure) {
            close(copy);
            throw failure;
        }
    }

    static TableShape requireTable(Connection copy, String dbname, TableName table) throws SQLException {
        return TableShape.read(copy, table)
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.REQUEST_INVALID,
                        "at that moment dbname '" + Text.printable(dbname, 63) + "' had no table " + table,
                        "Correct the name, or go back to a moment before it was dropped or after it was made."));
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException failure) {
            LOG.atDebug().setCause(failure).log("connection not closed in order");
        }
    }

    /// Reads the live table in a read-only transaction, and nothing else there but the catalog's entries of it.
    public Comparison compare() {
        try (Connection now = connector.connect(live, APPLICATION, ANSWER)) {
            TableComparison.begin(now, true);
            Comparison comparison = TableComparison.of(copy, table, shape, now, table);
            now.rollback();
            return comparison;
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "comparing table " + table, live.address());
        }
    }

    /// What was written.
    public record Written(TableName table, long rows) {}

    /// Makes `S.T_restored_YYYYMMDDHHMMSS` (UTC), fills it, and commits it when it has the rows of the copy:
    /// `RESTORE_DIFFERS` and nothing is there otherwise.
    public Written write(Instant now) throws InterruptedException {
        TableName target = table.with(SUFFIX.format(now));
        try (Connection into = connector.connect(live, APPLICATION, ANSWER)) {
            TableComparison.begin(into, false);
            requireSchema(into);
            boolean committed = false;
            try {
                long rows = NewTable.fill(copy, table, shape, into, target);
                Comparison after = TableComparison.of(copy, table, shape, into, target);
                if (!after.isSame() || after.liveRows() != rows) {
                    throw new OperatorActionException(
                            FailureCode.RESTORE_DIFFERS,
                            "table " + target + " at " + live.address() + " got " + rows + " rows, and differs from the"
                                    + " copy in " + (after.onlyInCopy() + after.onlyInLive() + after.differing()),
                            "Nothing was kept. A type or an event trigger of that server changes what is written to it;"
                                    + " take the table into a file instead.");
                }
                into.commit();
                committed = true;
                return new Written(target, rows);
            } finally {
                if (!committed) {
                    into.rollback();
                }
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "writing table " + target, live.address());
        }
    }

    private void requireSchema(Connection into) throws SQLException {
        try (PreparedStatement statement =
                into.prepareStatement("SELECT count(*) FROM pg_namespace WHERE nspname = ?")) {
            statement.setString(1, table.schema());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getInt(1) == 0) {
                    throw new OperatorActionException(
                            FailureCode.REQUEST_INVALID,
                            "dbname '" + Text.printable(live.database(), 63) + "' at " + live.address()
                                    + " has no schema '" + Text.printable(table.schema(), 63) + "'",
                            "Create the schema first, or take the table into a file; nothing was written.");
                }
            }
        }
    }

    @Override
    public void close() {
        close(copy);
    }
}

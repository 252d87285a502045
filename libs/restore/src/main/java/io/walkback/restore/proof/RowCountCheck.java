package io.walkback.restore.proof;

import io.walkback.domain.Text;
import io.walkback.domain.operation.Verdict;
import io.walkback.restore.sandbox.Sandbox;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// How many rows the tables of the owner have, small tables first, for as long as there is time. They are figures
/// for people: what was not counted is listed, and proves and disproves nothing.
final class RowCountCheck implements ProofCheck {
    /// Counts that the report lists; the others are in the sum.
    private static final int MOST_LISTED = 200;

    private static final int FETCH = 1000;

    private static final String TABLES = """
        SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog',
               'information_schema') AND (c.relkind = 'r' OR c.relispopulated)
         ORDER BY c.relpages, c.oid
        """;

    private final long deadline;
    private final Omissions omitted = new Omissions();
    private final Map<String, Long> counts = new TreeMap<>();
    private long tables;
    private long rows;

    /// @param budget for all counts together
    RowCountCheck(Duration budget) {
        this.deadline = System.nanoTime() + budget.toNanos();
    }

    @Override
    public String name() {
        return "rows";
    }

    @Override
    public CheckOutcome run(Sandbox sandbox) throws SQLException {
        for (String dbname : sandbox.dbnames()) {
            try (Connection listing = sandbox.connect(dbname);
                    Connection counting = sandbox.connect(dbname);
                    Statement statement = listing.createStatement()) {
                listing.setAutoCommit(false);
                statement.setFetchSize(FETCH);
                try (ResultSet names = statement.executeQuery(TABLES)) {
                    while (names.next()) {
                        String table = names.getString(1);
                        String name = Text.printable(dbname, 63) + ": " + Text.printable(table, 130);
                        try {
                            count(counting, table, name);
                        } catch (SQLException failure) {
                            if (ServerFault.of(failure) == ServerFault.DAMAGE) {
                                return CheckOutcome.failed(name(), ServerFault.words(failure), name);
                            }
                            if (!isTimeout(failure)) {
                                throw failure;
                            }
                            omitted.add("rows of " + name);
                        }
                    }
                }
            }
        }
        counts.put("tables", tables);
        counts.put("rows", rows);
        return new CheckOutcome(name(), Verdict.PROVEN, null, null, omitted.list(), counts);
    }

    private void count(Connection connection, String table, String name) throws SQLException {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
            omitted.add("rows of " + name);
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = " + left);
            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM ONLY " + table)) {
                row.next();
                tables++;
                rows += row.getLong(1);
                if (counts.size() < MOST_LISTED) {
                    counts.put(name, row.getLong(1));
                }
            }
        }
    }

    private static boolean isTimeout(SQLException failure) {
        return "57014".equals(failure.getSQLState());
    }
}

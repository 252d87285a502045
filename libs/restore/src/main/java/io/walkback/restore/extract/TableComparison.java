package io.walkback.restore.extract;

import io.walkback.domain.Text;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Compares two tables of two servers row by row: both come in the same order and are merged. For one thread.
final class TableComparison {
    private static final int EXAMPLES = 10;
    private static final int LONGEST_EXAMPLE = 100;

    /// So that the same value is the same text on both sides, and so that a policy for rows hides none silently.
    private static final List<String> SETTINGS = List.of(
            "SET search_path TO pg_catalog",
            "SET timezone TO 'UTC'",
            "SET datestyle TO 'ISO, YMD'",
            "SET intervalstyle TO 'postgres'",
            "SET extra_float_digits TO 1",
            "SET bytea_output TO 'hex'",
            "SET lc_monetary TO 'C'",
            "SET row_security TO off",
            "SET lock_timeout TO '30s'",
            "SET statement_timeout TO 0",
            "SET idle_in_transaction_session_timeout TO 0");

    private final List<String> key;
    private final List<String> examples = new ArrayList<>();
    private long copyRows;
    private long liveRows;
    private long onlyInCopy;
    private long onlyInLive;
    private long differing;

    private TableComparison(List<String> key) {
        this.key = key;
    }

    /// Begins a transaction of one snapshot in which values have the same text everywhere. Its end undoes the
    /// settings.
    static void begin(Connection connection, boolean readOnly) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(readOnly);
        try (Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                statement.execute(setting);
            }
        }
    }

    /// Compares, each side in the transaction that [#begin] began.
    ///
    /// @param shape of the copy
    static Comparison of(Connection copy, TableName table, TableShape shape, Connection live, TableName liveTable)
            throws SQLException {
        Optional<TableShape> other = TableShape.read(live, liveTable);
        if (other.isEmpty()) {
            return new Comparison(
                    false,
                    shape.key(),
                    count(copy, table),
                    0,
                    count(copy, table),
                    0,
                    0,
                    List.of(),
                    List.of(),
                    List.of());
        }
        List<String> columns = shape.common(other.get());
        List<String> key =
                shape.key().equals(other.get().key()) && columns.containsAll(shape.key()) ? shape.key() : List.of();
        TableComparison comparison = new TableComparison(key);
        try (OrderedRows left = OrderedRows.open(copy, table, key, columns);
                OrderedRows right = OrderedRows.open(live, liveTable, key, columns)) {
            comparison.merge(left, right);
        }
        return new Comparison(
                true,
                key,
                comparison.copyRows,
                comparison.liveRows,
                comparison.onlyInCopy,
                comparison.onlyInLive,
                comparison.differing,
                shape.notIn(other.get()),
                other.get().notIn(shape),
                comparison.examples);
    }

    private static long count(Connection connection, TableName table) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM " + table.quoted())) {
            row.next();
            return row.getLong(1);
        }
    }

    private void merge(OrderedRows copy, OrderedRows live) throws SQLException {
        OrderedRows.Row left = copy.next();
        OrderedRows.Row right = live.next();
        while (left != null || right != null) {
            int order = left == null ? 1 : right == null ? -1 : left.compareTo(right);
            if (order < 0) {
                onlyInCopy++;
                example('+', left);
            } else if (order > 0) {
                onlyInLive++;
                example('-', right);
            } else if (left != null && right != null && !left.hasContentOf(right)) {
                differing++;
                example('~', left);
            }
            if (order <= 0) {
                copyRows++;
                left = copy.next();
            }
            if (order >= 0) {
                liveRows++;
                right = live.next();
            }
        }
    }

    private void example(char sign, OrderedRows.@Nullable Row row) {
        if (row != null && !key.isEmpty() && examples.size() < EXAMPLES) {
            examples.add(sign
                    + row.key().stream()
                            .map(part -> Text.printable(new String(part, StandardCharsets.UTF_8), LONGEST_EXAMPLE))
                            .collect(Collectors.joining(", ")));
        }
    }
}

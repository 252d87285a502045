package io.walkback.restore.extract;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/// A new table of the live server with the rows of the copy: columns, types, NOT NULL and primary key, and nothing
/// else. Holds one row at a time. For one thread.
final class NewTable {
    private static final String DUPLICATE_TABLE = "42P07";

    private NewTable() {}

    /// Makes and fills it in the transaction of `live`, which the caller ends; `copy` is in one too.
    ///
    /// @return rows written
    static long fill(Connection copy, TableName table, TableShape shape, Connection live, TableName target)
            throws SQLException, InterruptedException {
        create(live, shape, target);
        long rows = pour(copy, table, shape, live, target);
        if (!shape.key().isEmpty()) {
            execute(
                    live,
                    "ALTER TABLE " + target.quoted() + " ADD PRIMARY KEY ("
                            + shape.key().stream().map(TableName::quoted).collect(Collectors.joining(", ")) + ")");
        }
        return rows;
    }

    private static void create(Connection live, TableShape shape, TableName target) throws SQLException {
        String columns = shape.columns().stream()
                .map(column ->
                        TableName.quoted(column.name()) + " " + column.type() + (column.notNull() ? " NOT NULL" : ""))
                .collect(Collectors.joining(", "));
        try {
            execute(live, "CREATE TABLE " + target.quoted() + " (" + columns + ")");
        } catch (SQLException failure) {
            if (DUPLICATE_TABLE.equals(failure.getSQLState())) {
                throw new OperatorActionException(
                        FailureCode.TARGET_NOT_EMPTY,
                        "table " + target + " is there already",
                        "Ask again in a second: the name has the time in it. Nothing was written.",
                        failure);
            }
            throw failure;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private static long pour(Connection copy, TableName table, TableShape shape, Connection live, TableName target)
            throws SQLException, InterruptedException {
        CopyOut out = copy.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (SELECT " + shape.list() + " FROM " + table.quoted() + ") TO STDOUT");
        CopyIn in = live.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + target.quoted() + " (" + shape.list() + ") FROM STDIN");
        try {
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("while rows were written");
                }
                in.writeToCopy(row, 0, row.length);
            }
            return in.endCopy();
        } finally {
            for (var side : List.of(out, in)) {
                if (side.isActive()) {
                    side.cancelCopy();
                }
            }
        }
    }
}

package io.walkback.restore.extract;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Columns and primary key of a table.
///
/// @param columns in their order
/// @param key     columns of the primary key in its order; none where there is none
record TableShape(List<Column> columns, List<String> key) {
    /// @param type as `format_type` writes it, with its schema where it is not the system's
    record Column(String name, String type, boolean notNull) {
        @Override
        public String toString() {
            return name + " " + type;
        }
    }

    /// Tables that have rows of their own or of their parts.
    private static final String COLUMNS = """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'm')
           AND a.attnum > 0 AND NOT a.attisdropped
         ORDER BY a.attnum\
        """;

    private static final String KEY = """
        SELECT array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                      WHERE k.place <= i.indnkeyatts
                      ORDER BY k.place)
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indisvalid
         WHERE n.nspname = ? AND c.relname = ?\
        """;

    TableShape {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /// Empty where there is no such table.
    static Optional<TableShape> read(Connection connection, TableName table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement statement = prepare(connection, COLUMNS, table);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                columns.add(new Column(row.getString(1), row.getString(2), row.getBoolean(3)));
            }
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(new TableShape(columns, key(connection, table)));
    }

    private static List<String> key(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = prepare(connection, KEY, table);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return List.of();
            }
            Array names = row.getArray(1);
            return Arrays.stream((Object[]) names.getArray())
                    .map(String::valueOf)
                    .toList();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, TableName table) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setString(1, table.schema());
        statement.setString(2, table.name());
        return statement;
    }

    /// The columns, of this name and type, that the other has too.
    List<String> common(TableShape other) {
        return columns.stream()
                .filter(column -> other.columns.stream()
                        .anyMatch(theirs -> theirs.toString().equals(column.toString())))
                .map(Column::name)
                .toList();
    }

    /// What the other does not have, or has of another type.
    List<String> notIn(TableShape other) {
        List<String> common = common(other);
        return columns.stream()
                .filter(column -> !common.contains(column.name()))
                .map(Column::toString)
                .toList();
    }

    /// `"a", "b"`, for a list of columns.
    String list() {
        return columns.stream().map(column -> TableName.quoted(column.name())).collect(Collectors.joining(", "));
    }
}

package io.walkback.restore.extract;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The rows of a table in the order of their keys' bytes in UTF-8, which no collation and no index of either server
/// changes: for each its key and a digest of what is compared. Read through a cursor; holds [#AT_ONCE] rows. Needs a
/// transaction. For one thread.
final class OrderedRows implements AutoCloseable {
    private static final int AT_ONCE = 1000;

    private final Statement statement;
    private final ResultSet rows;
    private final int keys;

    private OrderedRows(Statement statement, ResultSet rows, int keys) {
        this.statement = statement;
        this.rows = rows;
        this.keys = keys;
    }

    /// One row.
    static final class Row implements Comparable<Row> {
        private final List<byte[]> key;
        private final byte[] digest;

        private Row(List<byte[]> key, byte[] digest) {
            this.key = key;
            this.digest = digest;
        }

        /// Bytes of each key column, or the digest where the whole row is the key.
        List<byte[]> key() {
            return key;
        }

        /// Whether all columns that are compared are the same.
        boolean hasContentOf(Row other) {
            return Arrays.equals(digest, other.digest);
        }

        @Override
        public int compareTo(Row other) {
            for (int i = 0; i < key.size(); i++) {
                int order = Arrays.compareUnsigned(key.get(i), other.key.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        }
    }

    /// @param key     columns that tell rows apart; none: all that are compared do
    /// @param columns what is compared
    static OrderedRows open(Connection connection, TableName table, List<String> key, List<String> columns)
            throws SQLException {
        String digest = "sha256(convert_to(ROW(" + columns(columns) + ")::text, 'UTF8'))";
        List<String> keys = key.isEmpty()
                ? List.of(digest)
                : key.stream()
                        .map(column -> "convert_to(t." + TableName.quoted(column) + "::text, 'UTF8')")
                        .toList();
        Statement statement = connection.createStatement();
        try {
            statement.setEscapeProcessing(false);
            statement.setFetchSize(AT_ONCE);
            String order = IntStream.rangeClosed(1, keys.size())
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(", "));
            ResultSet rows = statement.executeQuery("SELECT " + String.join(", ", keys) + ", " + digest + " FROM "
                    + table.quoted() + " t ORDER BY " + order);
            return new OrderedRows(statement, rows, keys.size());
        } catch (SQLException | RuntimeException failure) {
            statement.close();
            throw failure;
        }
    }

    private static String columns(List<String> names) {
        return names.stream().map(name -> "t." + TableName.quoted(name)).collect(Collectors.joining(", "));
    }

    /// The next one; null behind the last.
    @Nullable
    Row next() throws SQLException {
        if (!rows.next()) {
            return null;
        }
        byte[][] key = new byte[keys][];
        for (int i = 0; i < keys; i++) {
            key[i] = rows.getBytes(i + 1);
        }
        return new Row(List.of(key), rows.getBytes(keys + 1));
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}

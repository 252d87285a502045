package io.walkback.standalone.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Whether a restored database is whole: the table that was dropped, its sequence, every heap and every btree.
final class Health {
    /// Each row is a finding; no rows is what one wants.
    private static final String HEAPS = "SELECT c.oid::regclass, v.blkno, v.msg FROM pg_class c,"
            + " LATERAL verify_heapam(c.oid, check_toast => true) v"
            + " WHERE c.relkind IN ('r', 't', 'm') AND c.relpersistence = 'p'";

    /// Fails with the first damage that it meets; counts what it checked.
    private static final String BTREES = "SELECT count(bt_index_check(c.oid, true)::text) FROM pg_class c"
            + " JOIN pg_am a ON a.oid = c.relam JOIN pg_index i ON i.indexrelid = c.oid"
            + " WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p'"
            + " AND i.indisready AND i.indisvalid";

    private static final String HEAP_COUNT =
            "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 't', 'm') AND relpersistence = 'p'";

    private Health() {}

    static void check(Connection restored, Figures figures) throws SQLException {
        CheckFailed.unless(
                Sql.number(restored, "SELECT count(*) FROM pg_tables WHERE tablename = 'ledger'") == 1,
                "the table is not back");
        CheckFailed.unless(
                "f".equals(Sql.text(restored, "SELECT pg_is_in_recovery()")), "the copy is still recovering");
        long highest = Sql.number(restored, "SELECT max(id) FROM ledger");
        long next = Sql.number(restored, "SELECT nextval(pg_get_serial_sequence('ledger', 'id'))");
        long heaps = Sql.number(restored, HEAP_COUNT);
        long btrees = Sql.number(restored, BTREES);
        figures.put("highestId", highest)
                .put("nextval", next)
                .put("heaps", heaps)
                .put("btrees", btrees);
        CheckFailed.unless(next > highest, "the sequence gives " + next + " although row " + highest + " exists");
        CheckFailed.unless(heaps > 0 && btrees > 0, "nothing was checked");
        try (Statement statement = restored.createStatement();
                ResultSet finding = statement.executeQuery(HEAPS)) {
            if (finding.next()) {
                throw new CheckFailed("amcheck: " + finding.getString(1) + ", block " + finding.getLong(2) + ": "
                        + finding.getString(3));
            }
        }
    }
}

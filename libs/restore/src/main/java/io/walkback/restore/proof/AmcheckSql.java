package io.walkback.restore.proof;

/// The questions of [AmcheckCheck].
final class AmcheckSql {
    static final String AVAILABLE = "SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'";

    static final String INSTALLED = """
        SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'
        """;

    /// Everything with storage of its own, and foreign tables. `kind` says what can be done with it: `heap`, `btree`,
    /// or why nothing can.
    ///
    /// Toast tables are heaps too. The catalogs come first: whoever reads the others reads them.
    static final String RELATIONS = """
        SELECT c.oid::bigint, n.nspname, c.relname,
               CASE WHEN c.relkind = 'f' THEN 'foreign table'
                    WHEN c.relpersistence = 't' THEN 'temporary'
                    WHEN c.relpersistence = 'u' THEN 'unlogged, empty after recovery'
                    WHEN c.relkind = 'S' THEN 'sequence'
                    WHEN c.relkind IN ('r', 'm', 't') AND a.amname = 'heap' THEN 'heap'
                    WHEN c.relkind = 'i' AND NOT (i.indisvalid AND i.indisready) THEN 'invalid index'
                    WHEN c.relkind = 'i' AND a.amname = 'btree' THEN 'btree'
                    ELSE 'access method ' || coalesce(a.amname, 'unknown') END AS kind
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_am a ON a.oid = c.relam
          LEFT JOIN pg_index i ON i.indexrelid = c.oid
         WHERE c.relkind IN ('r', 'm', 't', 'i', 'S', 'f')
         ORDER BY c.oid >= 16384, c.relkind = 'i', c.oid
        """;

    private AmcheckSql() {}

    /// The first finding of a heap.
    static String heap(String schema) {
        return "SELECT blkno, msg FROM " + schema
                + ".verify_heapam(relation => ?::oid::regclass, on_error_stop => true, check_toast => true)";
    }

    /// Raises what it finds. The parent check also holds each page against the one above it; its locks disturb nobody
    /// here.
    static String btree(String schema) {
        return "SELECT " + schema + ".bt_index_parent_check(index => ?::oid::regclass, heapallindexed => true)";
    }
}

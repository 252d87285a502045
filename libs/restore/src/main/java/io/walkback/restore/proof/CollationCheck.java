package io.walkback.restore.proof;

import io.walkback.domain.Text;
import io.walkback.restore.sandbox.Sandbox;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether text sorts here as it did where the database was written. Where it does not, or nobody knows, an index
/// that is right looks wrong and one that is wrong looks right (pitfall 52).
///
/// PostgreSQL keeps the version of the library with each dbname and each collation. C and POSIX compare bytes and
/// have none.
final class CollationCheck implements ProofCheck {
    /// The dbname's own. One without a version, as `initdb` leaves template0, counts only where something is ordered
    /// by it.
    private static final String OF_DBNAME = """
        SELECT datname, coalesce(datcollversion, ''), coalesce(pg_database_collation_actual_version(oid), ''),
               datlocprovider = 'c' AND datcollate ~ '^(C|POSIX)([.]|$)'
          FROM pg_database
         WHERE datname = current_database()
           AND (datcollversion IS NOT NULL
                OR EXISTS (SELECT FROM pg_index WHERE 100 = ANY (indcollation))
                OR EXISTS (SELECT FROM pg_partitioned_table WHERE 100 = ANY (partcollation)))
        """;

    /// Those that an index or a partition bound is ordered by; 100 is the dbname's own.
    private static final String OF_INDEXES = """
        SELECT quote_ident(n.nspname) || '.' || quote_ident(c.collname), coalesce(c.collversion, ''),
               coalesce(pg_collation_actual_version(c.oid), ''),
               c.collprovider = 'c' AND c.collcollate ~ '^(C|POSIX)([.]|$)'
          FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
         WHERE c.oid <> 100 AND c.collprovider <> 'd'
           AND c.oid IN (SELECT unnest(indcollation) FROM pg_index UNION SELECT unnest(partcollation)
                           FROM pg_partitioned_table)
         ORDER BY 1
        """;

    private long compared;
    private long bytewise;

    @Override
    public String name() {
        return "collation";
    }

    @Override
    public CheckOutcome run(Sandbox sandbox) throws SQLException {
        String wrong = null;
        for (String dbname : sandbox.dbnames()) {
            if (wrong == null) {
                try (Connection connection = sandbox.connect(dbname)) {
                    wrong = differs(connection, OF_DBNAME, "dbname ");
                    if (wrong == null) {
                        wrong = differs(connection, OF_INDEXES, Text.printable(dbname, 63) + ": collation ");
                    }
                }
            }
        }
        return wrong != null
                ? CheckOutcome.unproven(name(), wrong, null)
                : CheckOutcome.passed(name(), new Omissions(), Map.of("compared", compared, "bytewise", bytewise));
    }

    private @Nullable String differs(Connection connection, String sql, String what) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                String recorded = rows.getString(2);
                String actual = rows.getString(3);
                if (rows.getBoolean(4)) {
                    bytewise++;
                } else if (recorded.isEmpty() || actual.isEmpty()) {
                    return what + Text.printable(rows.getString(1), 130) + " has no version to compare";
                } else if (!recorded.equals(actual)) {
                    return what + Text.printable(rows.getString(1), 130) + " was made with version "
                            + Text.printable(recorded, 40) + ", this host has " + Text.printable(actual, 40);
                } else {
                    compared++;
                }
            }
            return null;
        }
    }
}

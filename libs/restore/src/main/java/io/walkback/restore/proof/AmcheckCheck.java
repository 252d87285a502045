package io.walkback.restore.proof;

import io.walkback.domain.Text;
import io.walkback.domain.operation.Verdict;
import io.walkback.restore.sandbox.Sandbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Every heap and every btree of every dbname, system catalogs and templates included, by the extension `amcheck`.
/// Where a dbname does not have it, it is created in the copy.
///
/// It finds what checksums cannot: pages that are whole and wrong, rows that an index has lost. The first fault ends
/// it: one is enough, and the report names it.
final class AmcheckCheck implements ProofCheck {
    /// Rows of the catalog in memory at once.
    private static final int FETCH = 1000;

    private static final String OUR_SCHEMA = "walkback_proof";

    private final boolean ordered;
    private final Omissions omitted = new Omissions();
    private @Nullable CheckOutcome unjudged;
    private long heaps;
    private long indexes;

    /// @param ordered whether text sorts here as it did at the source; else no btree can be judged
    AmcheckCheck(boolean ordered) {
        this.ordered = ordered;
    }

    @Override
    public String name() {
        return "amcheck";
    }

    @Override
    public CheckOutcome run(Sandbox sandbox) throws SQLException {
        List<String> dbnames = sandbox.dbnames();
        for (String dbname : dbnames) {
            try (Connection connection = sandbox.connect(dbname)) {
                Optional<String> schema = schema(connection);
                if (schema.isEmpty()) {
                    return CheckOutcome.unproven(
                            name(), "amcheck is not among the extensions of the server programs here", null);
                }
                Optional<CheckOutcome> fault = check(sandbox, connection, dbname, schema.get());
                if (fault.isPresent()) {
                    return fault.get();
                }
            }
        }
        if (unjudged != null) {
            return unjudged;
        }
        if (heaps == 0 || (ordered && indexes == 0)) {
            return CheckOutcome.unproven(name(), "there was nothing to check", null);
        }
        return CheckOutcome.passed(
                name(), omitted, Map.of("dbnames", (long) dbnames.size(), "heaps", heaps, "indexes", indexes));
    }

    /// Where the extension's functions are, quoted; empty where the server does not have it.
    private static Optional<String> schema(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (one(statement, AmcheckSql.AVAILABLE).equals("0")) {
                return Optional.empty();
            }
            String there = one(statement, AmcheckSql.INSTALLED);
            if (there.isEmpty()) {
                statement.execute("CREATE SCHEMA " + OUR_SCHEMA);
                statement.execute("CREATE EXTENSION amcheck SCHEMA " + OUR_SCHEMA);
                return Optional.of(OUR_SCHEMA);
            }
            // One that was created under an older major may lack functions.
            statement.execute("ALTER EXTENSION amcheck UPDATE");
            return Optional.of('"' + there.replace("\"", "\"\"") + '"');
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    /// The catalog is read through a cursor on a connection of its own, so that any number of relations fits.
    private Optional<CheckOutcome> check(Sandbox sandbox, Connection checking, String dbname, String schema)
            throws SQLException {
        try (Connection listing = sandbox.connect(dbname);
                PreparedStatement heap = checking.prepareStatement(AmcheckSql.heap(schema));
                PreparedStatement btree = checking.prepareStatement(AmcheckSql.btree(schema));
                Statement relations = listing.createStatement()) {
            listing.setAutoCommit(false);
            relations.setFetchSize(FETCH);
            try (ResultSet rows = relations.executeQuery(AmcheckSql.RELATIONS)) {
                while (rows.next()) {
                    String name = Text.printable(dbname, 63) + ": " + Text.printable(rows.getString(2), 63) + "."
                            + Text.printable(rows.getString(3), 63);
                    String kind = rows.getString(4);
                    Optional<CheckOutcome> fault = Optional.empty();
                    if (kind.equals("heap")) {
                        fault = heap(heap, rows.getLong(1), name);
                    } else if (kind.equals("btree") && ordered) {
                        fault = btree(btree, rows.getLong(1), name);
                    } else {
                        omitted.add(name + " (" + kind + ")");
                    }
                    if (fault.isPresent() && fault.get().verdict() == Verdict.FAILED) {
                        return fault;
                    }
                    // What cannot be judged hides no damage in what follows.
                    unjudged = unjudged == null ? fault.orElse(null) : unjudged;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<CheckOutcome> heap(PreparedStatement verify, long oid, String name) throws SQLException {
        heaps++;
        verify.setLong(1, oid);
        try (ResultSet findings = verify.executeQuery()) {
            if (!findings.next()) {
                return Optional.empty();
            }
            return Optional.of(CheckOutcome.failed(
                    name(), "block " + findings.getLong(1) + ": " + Text.printable(findings.getString(2), 200), name));
        } catch (SQLException failure) {
            return Optional.of(judged(failure, name));
        }
    }

    private Optional<CheckOutcome> btree(PreparedStatement verify, long oid, String name) throws SQLException {
        indexes++;
        verify.setLong(1, oid);
        try (ResultSet _ = verify.executeQuery()) {
            return Optional.empty();
        } catch (SQLException failure) {
            return Optional.of(judged(failure, name));
        }
    }

    private CheckOutcome judged(SQLException failure, String name) throws SQLException {
        return switch (ServerFault.of(failure)) {
            case DAMAGE -> CheckOutcome.failed(name(), ServerFault.words(failure), name);
            case COULD_NOT -> CheckOutcome.unproven(name(), ServerFault.words(failure), name);
            case BROKEN_OFF -> throw failure;
        };
    }
}

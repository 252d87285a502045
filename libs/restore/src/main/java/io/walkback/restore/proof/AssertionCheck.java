package io.walkback.restore.proof;

import io.walkback.domain.Text;
import io.walkback.domain.operation.Assertion;
import io.walkback.restore.sandbox.Sandbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The owner's own statements, each of which must answer with one row of one boolean that is true.
///
/// They run as a role that reads everything and is no superuser, in a transaction that is read-only, one connection
/// each. What they say about data stays here: a failure names the assertion and the SQLSTATE, nothing else (P11).
final class AssertionCheck implements ProofCheck {
    private static final String ROLE = "walkback_asks_";

    private final List<Assertion> assertions;
    private final Duration patience;
    private final String role = ROLE + UUID.randomUUID().toString().substring(0, 8);

    /// @param patience for each
    AssertionCheck(List<Assertion> assertions, Duration patience) {
        this.assertions = List.copyOf(assertions);
        this.patience = patience;
    }

    @Override
    public String name() {
        return "assertions";
    }

    @Override
    public CheckOutcome run(Sandbox sandbox) throws SQLException {
        if (assertions.isEmpty()) {
            return CheckOutcome.passed(name(), new Omissions(), Map.of());
        }
        List<String> dbnames = sandbox.dbnames();
        createRole(sandbox);
        for (Assertion assertion : assertions) {
            if (!dbnames.contains(assertion.dbname())) {
                return failed(assertion, "names a dbname that the copy does not have");
            }
            Optional<CheckOutcome> fault = check(sandbox, assertion);
            if (fault.isPresent()) {
                return fault.get();
            }
        }
        return CheckOutcome.passed(name(), new Omissions(), Map.of("true", (long) assertions.size()));
    }

    private void createRole(Sandbox sandbox) throws SQLException {
        try (Connection connection = sandbox.connect("template1");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + role + " LOGIN BYPASSRLS IN ROLE pg_read_all_data");
        }
    }

    /// What a dbname or all roles have set would count for this one too. Of what only a superuser may set, that is
    /// undone by settings of this role in that dbname, which are stronger; the rest is set by the connection.
    private void shield(Sandbox sandbox, String dbname) throws SQLException {
        String of = "ALTER ROLE " + role + " IN DATABASE \"" + dbname.replace("\"", "\"\"") + "\" SET ";
        try (Connection connection = sandbox.connect("template1");
                Statement statement = connection.createStatement()) {
            // The value of this session, which is empty: written out, '' would be a library without a name.
            statement.execute(of + "session_preload_libraries FROM CURRENT");
            if (sandbox.plan().major() >= 17) {
                statement.execute(of + "event_triggers = off");
            }
        }
    }

    private Optional<CheckOutcome> check(Sandbox sandbox, Assertion assertion) throws SQLException {
        shield(sandbox, assertion.dbname());
        Map<String, String> settings = Map.of(
                "role", "none",
                "local_preload_libraries", "",
                "jit", "off",
                "default_transaction_read_only", "on",
                "statement_timeout", Long.toString(patience.toMillis()));
        try (Connection connection = sandbox.connect(assertion.dbname(), role, settings)) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            String fault = ask(connection, assertion.sql());
            return fault == null ? Optional.empty() : Optional.of(failed(assertion, fault));
        } catch (SQLException failure) {
            if ("57014".equals(failure.getSQLState())) {
                return Optional.of(CheckOutcome.unproven(
                        name(),
                        quoted(assertion) + " was not answered within " + patience.toSeconds() + " s",
                        assertion.name()));
            }
            if (ServerFault.of(failure) == ServerFault.BROKEN_OFF) {
                throw failure;
            }
            return Optional.of(failed(assertion, "ended with SQLSTATE " + failure.getSQLState()));
        }
    }

    /// What is wrong with the answer; null when nothing is.
    private static @Nullable String ask(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setMaxRows(2);
            if (!statement.execute()) {
                return "returns no row";
            }
            String fault;
            try (ResultSet rows = statement.getResultSet()) {
                fault = judge(rows);
            }
            return fault == null && (statement.getMoreResults() || statement.getUpdateCount() >= 0)
                    ? "is more than one statement"
                    : fault;
        }
    }

    private static @Nullable String judge(ResultSet rows) throws SQLException {
        int type = rows.getMetaData().getColumnType(1);
        if (rows.getMetaData().getColumnCount() != 1 || (type != Types.BIT && type != Types.BOOLEAN)) {
            return "does not return one boolean";
        }
        if (!rows.next()) {
            return "returns no row";
        }
        boolean holds = rows.getBoolean(1);
        if (rows.wasNull()) {
            return "is null";
        }
        if (rows.next()) {
            return "returns more than one row";
        }
        return holds ? null : "is false";
    }

    private CheckOutcome failed(Assertion assertion, String why) {
        return CheckOutcome.failed(name(), quoted(assertion) + " " + why, assertion.name());
    }

    private static String quoted(Assertion assertion) {
        return "assertion '" + Text.printable(assertion.name(), 63) + "'";
    }
}

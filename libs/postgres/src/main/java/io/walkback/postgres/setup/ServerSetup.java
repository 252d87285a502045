package io.walkback.postgres.setup;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.heartbeat.HeartbeatTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Makes one server fit, and takes that back. For one thread and one connection of a superuser, in auto-commit mode
/// since `ALTER SYSTEM` stands in no transaction; the caller closes it.
public final class ServerSetup {
    private static final String ROLE = """
        SELECT r.rolsuper,
               r.rolreplication,
               pg_has_role(r.oid, 'pg_monitor', 'USAGE'),
               has_function_privilege(r.oid, 'pg_catalog.pg_switch_wal()', 'EXECUTE')
          FROM pg_roles r WHERE r.rolname = ?\
        """;

    private final Connection connection;
    private final String address;
    private final ServerSettings settings;

    /// @param address `host:port`, for messages
    public ServerSetup(Connection connection, String address) {
        this.connection = connection;
        this.address = address;
        this.settings = new ServerSettings(connection);
    }

    /// What is to be done, in order; empty when all of it is done, though [#awaitingRestart] may not be.
    /// `POSTGRES_PRIVILEGE` unless the connection is a superuser's; `POSTGRES_SETTING` where somebody else
    /// archives.
    public List<SetupStep> missing(SetupWanted wanted) {
        return asked("looking what is set up", () -> {
            requireSuperuser();
            List<SetupStep> missing = new ArrayList<>(settings.missing(wanted));
            missing.addAll(role(wanted));
            if (wanted.heartbeat() && !HeartbeatTable.isFor(connection, wanted.role(), address)) {
                missing.add(new SetupStep.Heartbeat(wanted.role()));
            }
            return missing;
        });
    }

    /// Settings that count only once the server has been restarted.
    public List<String> awaitingRestart(SetupWanted wanted) {
        return asked("looking what awaits a restart", () -> settings.awaitingRestart(wanted));
    }

    /// Does the steps and has the server read its files again. Each is done by itself: after a fault those before
    /// it stay, and [#missing] has the rest.
    public void apply(List<SetupStep> steps) {
        var _ = asked("setting up", () -> {
            for (SetupStep step : steps) {
                execute(step.sql());
                if (step instanceof SetupStep.Role(String name, Secret password) && password != null) {
                    connection
                            .unwrap(PGConnection.class)
                            .alterUserPassword(name, password.reveal().toCharArray(), "scram-sha-256");
                }
            }
            return reload();
        });
    }

    /// Takes steps back, the last first, and returns those that are left alone because somebody has changed the
    /// same setting since.
    public List<SetupStep> undo(List<SetupStep> steps) {
        return asked("taking the setup back", () -> {
            requireSuperuser();
            Map<String, String> altered = settings.configured(true);
            List<SetupStep> left = new ArrayList<>();
            for (SetupStep step : steps.reversed()) {
                if (step instanceof SetupStep.Setting setting
                        && !Objects.equals(altered.get(setting.name()), setting.value())) {
                    left.add(step);
                } else if (roleOf(step) == null || exists(roleOf(step))) {
                    execute(step.undo());
                }
            }
            reload();
            return left;
        });
    }

    private static @Nullable String roleOf(SetupStep step) {
        return switch (step) {
            case SetupStep.Setting _, SetupStep.Heartbeat _ -> null;
            case SetupStep.Role role -> role.name();
            case SetupStep.Replication grant -> grant.role();
            case SetupStep.Monitor grant -> grant.role();
            case SetupStep.SwitchWal grant -> grant.role();
        };
    }

    private List<SetupStep> role(SetupWanted wanted) throws SQLException {
        String role = wanted.role();
        List<SetupStep> steps = new ArrayList<>();
        boolean streams = wanted.archiveCommand() == null;
        try (PreparedStatement statement = connection.prepareStatement(ROLE)) {
            statement.setString(1, role);
            try (ResultSet row = statement.executeQuery()) {
                boolean there = row.next();
                if (there && row.getBoolean(1)) {
                    return steps;
                }
                if (!there) {
                    steps.add(new SetupStep.Role(role, wanted.password()));
                } else if (!row.getBoolean(2)) {
                    steps.add(new SetupStep.Replication(role));
                }
                if (!there || !row.getBoolean(3)) {
                    steps.add(new SetupStep.Monitor(role));
                }
                if (streams && (!there || !row.getBoolean(4))) {
                    steps.add(new SetupStep.SwitchWal(role));
                }
            }
        }
        return steps;
    }

    private boolean exists(@Nullable String role) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ?)")) {
            statement.setString(1, role);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private void requireSuperuser() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_user, current_setting('is_superuser')")) {
            if (row.next() && !row.getString(2).equals("on")) {
                throw new OperatorActionException(
                        FailureCode.POSTGRES_PRIVILEGE,
                        "role '" + row.getString(1) + "' at " + address + " is no superuser",
                        "Name a superuser in --admin-url: ALTER SYSTEM and a replication role take one.");
            }
        }
    }

    private boolean reload() throws SQLException {
        execute("SELECT pg_reload_conf()");
        return true;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    private <T> T asked(String doing, Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, doing, address);
        }
    }
}

package io.walkback.postgres.setup;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.SyncWaits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lets commits go on that wait for our receivers, by taking those out of `synchronous_standby_names`. For one
/// thread and one connection in auto-commit mode of a superuser, or of a role that may `ALTER SYSTEM` this setting
/// and run `pg_reload_conf()`; the caller closes it.
///
/// Neither statement writes WAL, so none of them waits with the commits. The setting is changed in
/// `postgresql.auto.conf`, which the server reads last.
public final class SyncRelease {
    /// A reload is a matter of milliseconds; a server that is so busy that it takes longer is told of as it is.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String NAME = "synchronous_standby_names";
    private static final String RESET = "ALTER SYSTEM RESET " + NAME;
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final String MAY = """
        SELECT current_user,
               current_setting('is_superuser') = 'on',
               has_parameter_privilege('synchronous_standby_names', 'ALTER SYSTEM')
                   AND has_function_privilege('pg_catalog.pg_reload_conf()', 'EXECUTE'),
               pg_is_in_recovery(),
               (SELECT source FROM pg_settings WHERE name = 'synchronous_standby_names')\
        """;

    private static final String FILES = """
        SELECT coalesce(bool_or(sourcefile LIKE '%/postgresql.auto.conf'), false),
               coalesce(bool_or(sourcefile NOT LIKE '%/postgresql.auto.conf'), false)
          FROM pg_file_settings WHERE name = 'synchronous_standby_names'\
        """;

    /// What there is to do.
    ///
    /// @param before    what the server goes by
    /// @param after     what it is to go by
    /// @param statement what does it, before a reload; null where no receiver of ours is named
    /// @param putBack   what brings `before` back, before a reload; null with `statement`
    /// @param waits     the commits that waited
    public record Plan(
            String before,
            String after,
            @Nullable String statement,
            @Nullable String putBack,
            SyncWaits waits) {}

    /// What became of it.
    ///
    /// @param stuck   of the commits that the plan saw, those that wait all the same
    /// @param waiting all that wait now
    public record Released(int stuck, int waiting) {}

    /// @param pinned whether the setting is given where `ALTER SYSTEM` does not reach
    private record Account(boolean superuser, boolean pinned) {}

    private record Files(boolean altered, boolean elsewhere) {}

    private final Connection connection;
    private final String address;
    private final Duration patience;

    /// @param address `host:port`, for messages
    public SyncRelease(Connection connection, String address) {
        this(connection, address, PATIENCE);
    }

    /// @param patience how long [#release] waits for the commits to go on
    SyncRelease(Connection connection, String address, Duration patience) {
        this.connection = connection;
        this.address = address;
        this.patience = patience;
    }

    /// Looks and changes nothing. `POSTGRES_PRIVILEGE` where the role may not do it, `POSTGRES_SETTING` where
    /// `ALTER SYSTEM` would not: on a standby, with the setting on the server's command line, and where it names
    /// every standby at once.
    public Plan plan() {
        try {
            Account account = requirePossible();
            SyncWaits waits = SyncWaits.read(connection, address);
            StandbyNames now = parsed(waits.names());
            if (now.namesEverybody()) {
                throw new OperatorActionException(
                        FailureCode.POSTGRES_SETTING,
                        "synchronous_standby_names at " + address + " is '" + waits.names()
                                + "': it names every standby, and walkback cannot be taken out of that alone; "
                                + waits.commits().size() + " commits wait",
                        "To wait for nobody: ALTER SYSTEM SET synchronous_standby_names = ''; SELECT"
                                + " pg_reload_conf(); or name the standbys that are to count.");
            }
            if (!now.namesOurs()) {
                return new Plan(waits.names(), waits.names(), null, null, waits);
            }
            if (account.pinned()) {
                throw onTheCommandLine();
            }
            String after = now.withoutOurs().toString();
            Files files = account.superuser() ? files() : new Files(true, true);
            return new Plan(
                    waits.names(),
                    after,
                    after.isEmpty() && !files.elsewhere() ? RESET : set(after),
                    files.altered() ? set(waits.names()) : RESET,
                    waits);
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "looking whom commits wait for", address);
        }
    }

    private StandbyNames parsed(String names) {
        try {
            return StandbyNames.parse(names);
        } catch (IllegalArgumentException odd) {
            throw new OperatorActionException(
                    FailureCode.POSTGRES_SETTING,
                    "at " + address + ": " + odd.getMessage(),
                    "Set it by hand: ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf();",
                    odd);
        }
    }

    /// Does it, and returns once the commits that waited have gone on, or ten seconds are over.
    /// `POSTGRES_SETTING` where the server does not take the new value.
    public Released release(Plan plan) throws InterruptedException {
        String statement = plan.statement();
        if (statement == null) {
            throw new IllegalStateException("there is nothing to release");
        }
        try {
            execute(statement);
            execute("SELECT pg_reload_conf()");
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "releasing commits", address);
        }
        long begun = System.nanoTime();
        while (true) {
            SyncWaits now = SyncWaits.read(connection, address);
            Set<String> stuck = new HashSet<>(plan.waits().commits());
            stuck.retainAll(now.commits());
            boolean taken = now.names().equals(plan.after());
            if (taken && stuck.isEmpty()) {
                return new Released(0, now.commits().size());
            }
            if (System.nanoTime() - begun > patience.toNanos()) {
                if (!taken) {
                    throw notTaken(now, plan);
                }
                return new Released(stuck.size(), now.commits().size());
            }
            // A reload is carried out by each process of the server in its own time; nothing tells when.
            Thread.sleep(LOOK);
        }
    }

    private OperatorActionException notTaken(SyncWaits now, Plan plan) {
        return new OperatorActionException(
                FailureCode.POSTGRES_SETTING,
                "the server at " + address + " still goes by synchronous_standby_names = '" + now.names()
                        + "' and not '" + plan.after() + "'; " + now.commits().size() + " commits wait",
                "A fault in its files keeps it from reading them: SELECT sourcefile, sourceline, name, error FROM"
                        + " pg_file_settings WHERE error IS NOT NULL; mend that and run SELECT pg_reload_conf().");
    }

    private OperatorActionException onTheCommandLine() {
        return new OperatorActionException(
                FailureCode.POSTGRES_SETTING,
                "synchronous_standby_names of the server at " + address
                        + " is given on its command line, which no reload changes",
                "Take it from the command line, or from what starts the server, and restart it.");
    }

    private Account requirePossible() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(MAY)) {
            if (!row.next()) {
                throw PostgresFailures.protocol("no answer", "looking what the role may do", address);
            }
            String role = row.getString(1);
            if (!row.getBoolean(3)) {
                throw new OperatorActionException(
                        FailureCode.POSTGRES_PRIVILEGE,
                        "role '" + role + "' at " + address + " may not change synchronous_standby_names",
                        "Name a superuser in --admin-url, or let the role: GRANT ALTER SYSTEM ON PARAMETER"
                                + " synchronous_standby_names TO " + Sql.name(role)
                                + "; GRANT EXECUTE ON FUNCTION pg_reload_conf() TO " + Sql.name(role) + ";");
            }
            if (row.getBoolean(4)) {
                throw new OperatorActionException(
                        FailureCode.POSTGRES_SETTING,
                        "the server at " + address + " is in recovery: no commit waits there",
                        "Name the primary in --admin-url.");
            }
            return new Account(row.getBoolean(2), "command line".equals(row.getString(5)));
        }
    }

    private Files files() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FILES)) {
            return row.next() ? new Files(row.getBoolean(1), row.getBoolean(2)) : new Files(false, false);
        }
    }

    private static String set(String value) {
        return "ALTER SYSTEM SET " + NAME + " = " + Sql.literal(value);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

package io.walkback.checks;

import static io.walkback.checks.CheckResult.ok;
import static io.walkback.checks.CheckResult.skipped;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.connection.ServerFactsQuery;
import io.walkback.postgres.connection.SlotStatus;
import io.walkback.postgres.connection.Targets;
import io.walkback.postgres.connection.WalsenderSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks at one database's server as it is now. Thread-safe; waits at most a few times the connector's timeout.
public final class DatabaseCheck {
    private static final String NAME = "walkback check";
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final String ARCHIVER = """
        SELECT failed_count,
               last_failed_time IS NOT NULL AND (last_archived_time IS NULL OR last_failed_time > last_archived_time),
               current_setting('archive_command'),
               (SELECT setting::integer FROM pg_settings WHERE name = 'archive_timeout'),
               has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE')
          FROM pg_stat_archiver\
        """;
    private static final String WAITING =
            "SELECT count(*) FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready'";
    /// Walsenders of its own role are visible to each.
    private static final String SYNCHRONOUS = """
        SELECT current_setting('synchronous_standby_names'),
               current_setting('synchronous_commit'),
               (SELECT count(*)::integer FROM pg_stat_replication
                 WHERE application_name IN ('walkback_wal', 'walkback_a', 'walkback_b'))\
        """;
    private static final String AMCHECK =
            "SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck')";

    private final PostgresConnector connector;
    private final Targets targets;
    private final Clock clock;

    public DatabaseCheck(PostgresConnector connector, Targets targets, Clock clock) {
        this.connector = connector;
        this.targets = targets;
        this.clock = clock;
    }

    /// Every check of the server, in the order of [CheckId], and what is known of the cluster if it answered.
    public record Looked(List<CheckResult> results, Optional<ServerFacts> facts) {
        public Looked {
            results = List.copyOf(results);
        }
    }

    /// Never throws for anything that is wrong with the database: that is a result.
    public Looked look(DatabaseRegistration registration) {
        PostgresTarget target;
        try {
            target = targets.of(registration);
        } catch (PlatformException noSecret) {
            return new Looked(unreached(CheckResult.of(CheckId.CONNECTION, noSecret)), Optional.empty());
        }
        try (Connection connection = connector.connect(target, NAME, ANSWER)) {
            ServerView view = view(registration, target, connection);
            return new Looked(new ServerRules(registration, view).judge(), Optional.of(view.facts()));
        } catch (PlatformException fault) {
            return new Looked(failures(fault), Optional.empty());
        } catch (SQLException failure) {
            return new Looked(failures(PostgresFailures.of(failure, "checking", target.address())), Optional.empty());
        }
    }

    private static List<CheckResult> failures(PlatformException fault) {
        if (fault.code() == FailureCode.POSTGRES_VERSION) {
            List<CheckResult> results = unreached(ok(CheckId.CONNECTION, "the server answers"));
            results.set(1, CheckResult.of(CheckId.VERSION, fault));
            return results;
        }
        return unreached(CheckResult.of(CheckId.CONNECTION, fault));
    }

    private static List<CheckResult> unreached(CheckResult connection) {
        List<CheckResult> results = new ArrayList<>(List.of(connection));
        for (CheckId id : EnumSet.range(CheckId.VERSION, CheckId.EXTENSIONS)) {
            results.add(skipped(id, "not looked at, since the server could not be asked"));
        }
        return results;
    }

    private ServerView view(DatabaseRegistration registration, PostgresTarget target, Connection connection)
            throws SQLException {
        Instant before = clock.instant();
        ServerFacts facts = ServerFactsQuery.read(connection, target.address());
        Duration skew = skew(before, facts.clock(), clock.instant());
        Optional<SlotStatus> slot =
                SlotStatus.read(connection, registration.id().slotName(), target.address());
        Boolean encrypted = null;
        PlatformException refused = null;
        if (facts.role().mayReplicate()) {
            try (WalsenderSession session = connector.replication(target, NAME)) {
                encrypted = session.encrypted();
            } catch (PlatformException fault) {
                refused = fault;
            }
        }
        return new ServerView(
                facts,
                slot,
                skew,
                archiver(connection),
                synchronous(connection),
                amcheck(connection),
                encrypted,
                refused);
    }

    /// Zero while the server's time lies between question and answer.
    static Duration skew(Instant asked, Instant server, Instant answered) {
        if (server.isBefore(asked)) {
            return Duration.between(asked, server);
        }
        return server.isAfter(answered) ? Duration.between(answered, server) : Duration.ZERO;
    }

    private static ServerView.@Nullable Archiver archiver(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ARCHIVER)) {
            return row.next()
                    ? new ServerView.Archiver(
                            row.getBoolean(2),
                            row.getLong(1),
                            row.getBoolean(5) ? waiting(connection) : -1,
                            row.getString(3),
                            row.getInt(4))
                    : null;
        }
    }

    private static long waiting(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(WAITING)) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    private static ServerView.Synchronous synchronous(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SYNCHRONOUS)) {
            return row.next()
                    ? new ServerView.Synchronous(row.getString(1), row.getString(2), row.getInt(3))
                    : new ServerView.Synchronous("", "on", 0);
        }
    }

    private static boolean amcheck(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(AMCHECK)) {
            return row.next() && row.getBoolean(1);
        }
    }
}

package io.walkback.restore.sandbox;

import io.walkback.domain.PlatformException;
import io.walkback.embedded.Confinement;
import io.walkback.embedded.PostgresServer;
import io.walkback.postgres.connection.LocalServer;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.replay.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An open scratch cluster. Its connections may be used by several threads; it is closed by the thread that opened
/// it, and everything of it is gone then.
public final class Sandbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);
    private static final String APPLICATION = "walkback";

    private final Copy copy;
    private final PostgresServer server;
    private final LocalServer address;
    private final ScratchFolder folder;
    private final TimeLimit limit;
    private final Map<String, Double> phases;
    private final Isolation isolation;

    /// What was restored, and who may ask it.
    record Copy(RestorePlan plan, Verdict reached, long bytes, String superuser) {}

    Sandbox(
            Copy copy,
            PostgresServer server,
            LocalServer address,
            ScratchFolder folder,
            TimeLimit limit,
            Map<String, Double> phases) {
        this.copy = copy;
        this.server = server;
        this.address = address;
        this.folder = folder;
        this.limit = limit;
        this.phases = phases;
        this.isolation =
                Confinement.isApart(server.process().pid()) ? Isolation.NETWORK_NAMESPACE : Isolation.SETTINGS_ONLY;
    }

    public RestorePlan plan() {
        return copy.plan();
    }

    /// How far it was replayed.
    public Verdict reached() {
        return copy.reached();
    }

    /// Plain bytes of all files.
    public long bytes() {
        return copy.bytes();
    }

    public Isolation isolation() {
        return isolation;
    }

    /// Wall seconds of each part of the way here: provision, fetch, verify, replay, promote, first_query. Their sum
    /// is what a recovery takes.
    public Map<String, Double> phases() {
        return new LinkedHashMap<>(phases);
    }

    /// Where the socket is: for programs such as `pg_dump`, which log in as [#superuser] without a password. Only
    /// the account that the server runs under, and root, can reach it.
    public LocalServer address() {
        return address;
    }

    /// A role of ours that the source does not have.
    public String superuser() {
        return copy.superuser();
    }

    /// The folder with the server's programs, for those that come with it.
    public Path programs() {
        return server.config().programs().bin();
    }

    /// A superuser's connection in auto-commit mode, with `search_path` `pg_catalog` and no timeouts; the caller
    /// closes it. Event triggers do not fire on it.
    public Connection connect(String dbname) {
        Connection connection = connect(dbname, copy.superuser(), SandboxSettings.session(plan().major()));
        try {
            EventTriggers.disable(connection, plan().major());
            return connection;
        } catch (SQLException failure) {
            PlatformException fault = PostgresFailures.of(failure, "disabling event triggers", address.address());
            closeAfter(connection, fault);
            throw fault;
        }
    }

    /// A connection of another role of the copy, with these settings from its first moment and no others of ours.
    public Connection connect(String dbname, String role, Map<String, String> settings) {
        return address.connect(dbname, role, APPLICATION, settings);
    }

    /// Every dbname that takes connections, templates included, in order.
    public List<String> dbnames() {
        return dbnames("datallowconn AND datconnlimit <> -2");
    }

    /// Those that take none: what a `DROP DATABASE` that was broken off has left of them.
    public List<String> unusableDbnames() {
        return dbnames("NOT datallowconn OR datconnlimit = -2");
    }

    private List<String> dbnames(String which) {
        try (Connection connection = connect("template1");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT datname FROM pg_database WHERE " + which + " ORDER BY datname COLLATE \"C\"")) {
            List<String> dbnames = new ArrayList<>();
            while (rows.next()) {
                dbnames.add(rows.getString(1));
            }
            return dbnames;
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "listing dbnames", address.address());
        }
    }

    /// Fails with `WAIT_EXPIRED` once the time is over; whoever was interrupted asks it for the reason.
    public void requireTime(Throwable cause) {
        if (limit.hasPassed()) {
            throw limit.exceeded(cause);
        }
    }

    /// Shuts the server down in order; its files are on disk afterwards and can be read until this is closed.
    public void stop() {
        server.stop();
    }

    void firstQuery() {
        try (Connection connection = connect("template1");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            if (!rows.next() || rows.getBoolean(1)) {
                throw new IllegalStateException("a promoted server that still recovers");
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "the first query", address.address());
        }
    }

    private static void closeAfter(Connection connection, PlatformException fault) {
        try {
            connection.close();
        } catch (SQLException failure) {
            fault.addSuppressed(failure);
        }
    }

    /// Ends the server and removes everything, also for a thread that was interrupted, which it still is
    /// afterwards, unless it was the time limit that did so.
    @Override
    public void close() {
        limit.close();
        boolean interrupted = Thread.interrupted();
        try {
            server.stopImmediately();
        } finally {
            folder.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        LOG.atInfo().addKeyValue("folder", folder.path()).log("scratch cluster removed");
    }
}

package io.walkback.backup.server;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.connection.ServerFactsQuery;
import io.walkback.postgres.connection.Targets;
import io.walkback.postgres.replication.ReplicationConnection;
import io.walkback.postgres.replication.SlotPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens connections to registered servers; the password is read anew for each. Thread-safe.
public final class ServerAccess {
    private static final Logger LOG = LoggerFactory.getLogger(ServerAccess.class);
    /// What one answer on an ordinary connection may take: they are short questions about settings and slots.
    private static final Duration ANSWER = Duration.ofMinutes(1);
    /// How long a walsender may say nothing in the midst of a command. Its own timeout is 60 s unless told
    /// otherwise.
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final PostgresConnector connector;
    private final Targets targets;

    public ServerAccess(PostgresConnector connector, Targets targets) {
        this.connector = connector;
        this.targets = targets;
    }

    /// An ordinary connection; the caller closes it.
    public Connection sql(DatabaseRegistration registration) {
        return connector.connect(targets.of(registration), "walkback", ANSWER);
    }

    /// An ordinary connection to one dbname; the caller closes it.
    public Connection sql(DatabaseRegistration registration, String dbname) {
        return connector.connect(targets.of(registration).withDatabase(dbname), "walkback", ANSWER);
    }

    /// Where the server is and how to log in, password included, for a program that connects by itself.
    public PostgresTarget target(DatabaseRegistration registration) {
        return targets.of(registration);
    }

    /// A walsender connection; the caller closes it. Takes one of the server's `max_wal_senders`.
    ///
    /// @param applicationName what `pg_stat_replication` shows
    public ReplicationConnection replication(DatabaseRegistration registration, String applicationName) {
        return ReplicationConnection.open(connector, targets.of(registration), applicationName, SILENCE);
    }

    /// What the server is, after making sure that its pages can be copied at all.
    public ServerFacts facts(DatabaseRegistration registration) {
        ServerFacts facts = identify(registration);
        requireUsable(facts, address(registration));
        return facts;
    }

    /// What the server is.
    public ServerFacts identify(DatabaseRegistration registration) {
        PostgresTarget target = targets.of(registration);
        try (Connection connection = connector.connect(target, "walkback", ANSWER)) {
            return ServerFactsQuery.read(connection, target.address());
        } catch (SQLException closing) {
            throw new IllegalStateException("closing a connection that has answered", closing);
        }
    }

    /// `host:port`, for messages.
    public String address(DatabaseRegistration registration) {
        return registration.connection().host() + ":"
                + registration.connection().port();
    }

    /// Makes sure that the slot of the database exists and keeps WAL from now on (pitfall 16), on a connection of
    /// its own: a worker that makes the same slot at the same moment wins, and then it is there.
    public SlotPosition ensureSlot(DatabaseRegistration registration) {
        try {
            return ensureSlotOnce(registration);
        } catch (PlatformException fault) {
            // Made by another worker in the same moment, or that worker ended our session as the slot's holder.
            if (fault.code() != FailureCode.POSTGRES_PROTOCOL && fault.code() != FailureCode.POSTGRES_CONNECTION_LOST) {
                throw fault;
            }
            LOG.atDebug().setCause(fault).log("slot not made, looking whether somebody else did");
            return ensureSlotOnce(registration);
        }
    }

    private SlotPosition ensureSlotOnce(DatabaseRegistration registration) {
        try (ReplicationConnection connection = replication(registration, "walkback_slot")) {
            return connection.ensureSlot(registration.id().slotName());
        }
    }

    private static void requireUsable(ServerFacts facts, String address) {
        if (!facts.role().mayReplicate()) {
            throw new OperatorActionException(
                    FailureCode.POSTGRES_PRIVILEGE,
                    "role '" + facts.role().name() + "' at " + address + " may not replicate",
                    "Give it the attribute: ALTER ROLE " + facts.role().name()
                            + " REPLICATION; 'walkback databases check' shows what else is missing.");
        }
        if (facts.walLevel().equals("minimal") || facts.maxWalSenders() == 0) {
            throw new OperatorActionException(
                    FailureCode.POSTGRES_SETTING,
                    "the server at " + address + " has wal_level = " + facts.walLevel() + " and max_wal_senders = "
                            + facts.maxWalSenders(),
                    "Set wal_level = replica and max_wal_senders of at least 3, and restart the server.");
        }
    }
}

package io.walkback.backup.wal;

import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.operations.Attempt;
import io.walkback.postgres.connection.SlotStatus;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gets the slot free for this attempt. Stateless, thread-safe.
final class SlotTakeover {
    private static final Logger LOG = LoggerFactory.getLogger(SlotTakeover.class);

    private final ServerAccess servers;

    SlotTakeover(ServerAccess servers) {
        this.servers = servers;
    }

    /// Ends a walsender that holds the slot, and says how the slot was found; empty if there is none.
    ///
    /// Only an attempt whose claim is freshly renewed may do so: a worker that was frozen and woke up would end its
    /// successor's. Refused for a server in recovery: a demoted primary streams and looks healthy (pitfall 20).
    Optional<SlotStatus> take(Attempt attempt, DatabaseRegistration registration) {
        String address = servers.address(registration);
        String slot = registration.id().slotName();
        try (Connection connection = servers.sql(registration)) {
            requirePrimary(connection, address);
            if (registration.policy().hasTail()) {
                requireNoWaitForApply(connection, address);
            }
            Optional<SlotStatus> found = SlotStatus.read(connection, slot, address);
            if (found.isPresent() && found.get().activePid() != 0) {
                attempt.requireRecentRenewal();
                endHolder(connection, slot, address);
            }
            return found;
        } catch (SQLException closing) {
            throw new IllegalStateException("closing a connection that has answered", closing);
        }
    }

    private static void endHolder(Connection connection, String slot, String address) {
        try {
            if (SlotStatus.endHolder(connection, slot, address)) {
                LOG.atInfo().addKeyValue("slot", slot).log("walsender of a predecessor ended");
            }
        } catch (PlatformException fault) {
            if (fault.code() != FailureCode.POSTGRES_PRIVILEGE) {
                throw fault;
            }
            // It ends by itself when its connection is found dead; until then the slot answers that it is in use.
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("slot", slot)
                    .log("walsender of a predecessor belongs to another role and cannot be ended");
        }
    }

    /// A receiver applies nothing, so a commit that waits for that waits for ever. `*` stands for any standby, a
    /// receiver included.
    private static void requireNoWaitForApply(Connection connection, String address) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('synchronous_commit') = 'remote_apply'"
                        + " AND current_setting('synchronous_standby_names') ~* '[*]|walkback_'")) {
            if (row.next() && row.getBoolean(1)) {
                throw new OperatorActionException(
                        FailureCode.POSTGRES_SETTING,
                        "the server at " + address + " has synchronous_commit = remote_apply and waits for walkback,"
                                + " which applies nothing: no commit would return",
                        "Run ALTER SYSTEM SET synchronous_commit = 'on' and SELECT pg_reload_conf().");
            }
        }
    }

    private static void requirePrimary(Connection connection, String address) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            if (!row.next() || row.getBoolean(1)) {
                throw new RetryableException(
                        FailureCode.POSTGRES_SETTING,
                        "the server at " + address + " is in recovery: a standby, or not promoted yet",
                        "Register the address that leads to the primary; reception begins once it is one.");
            }
        }
    }
}

package io.walkback.postgres.connection;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// How far the reader of a slot says that it has the WAL, as `pg_stat_replication` shows it.
public final class ReceiverPosition {
    private static final String READ = """
        SELECT (SELECT r.flush_lsn::text
                  FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid
                 WHERE s.slot_name = ? AND NOT pg_is_in_recovery()),
               EXISTS (SELECT FROM pg_stat_replication WHERE pid = ?),
               pg_has_role('pg_read_all_stats', 'USAGE')\
        """;

    private ReceiverPosition() {}

    /// What the slot's reader has told to be flushed; empty while nobody reads it or has told anything, and on a
    /// server in recovery.
    ///
    /// Fails where this connection leads to another server than a walsender connection that was opened just before:
    /// an address may move to another server in between, and a position of the one means nothing on the other.
    ///
    /// @param walsender that other connection's process
    public static Optional<Lsn> flushed(Connection connection, String slot, int walsender, String address) {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, slot);
            statement.setInt(2, walsender);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("a query of constants without a row");
                }
                if (!row.getBoolean(2)) {
                    throw new RetryableException(
                            FailureCode.POSTGRES_CONNECTION_LOST,
                            "two connections to " + address + " led to two servers",
                            "The next attempt connects again; see whether that address is moving.");
                }
                if (!row.getBoolean(3)) {
                    throw new RetryableException(
                            FailureCode.POSTGRES_PRIVILEGE,
                            "the role at " + address + " does not see how far receivers are",
                            "GRANT pg_monitor to it, as 'walkback wal setup' does.");
                }
                return Optional.ofNullable(row.getString(1)).map(Lsn::parse);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading how far the reader of slot " + slot + " is", address);
        }
    }
}

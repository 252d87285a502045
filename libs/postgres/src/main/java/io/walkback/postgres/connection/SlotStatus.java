package io.walkback.postgres.connection;

import io.walkback.domain.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A physical replication slot as `pg_replication_slots` shows it, and the way to end who holds it.
///
/// @param activePid     the walsender that reads it, 0 for none
/// @param restart       the oldest WAL kept for it, null while it reserves none or has lost it
/// @param walStatus     `reserved`, `extended`, `unreserved` or `lost`; empty while it reserves none
/// @param safeBytes     WAL that may still be written before the slot is lost, -1 where `max_slot_wal_keep_size`
///                      is unlimited
/// @param retainedBytes WAL between `restart` and the server's end, 0 without `restart`
public record SlotStatus(int activePid, @Nullable Lsn restart, String walStatus, long safeBytes, long retainedBytes) {
    private static final String READ = """
        SELECT coalesce(active_pid, 0), restart_lsn::text, coalesce(wal_status, ''), coalesce(safe_wal_size, -1),
               coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                                             ELSE pg_current_wal_lsn() END, restart_lsn), 0)::bigint
          FROM pg_replication_slots WHERE slot_name = ? AND slot_type = 'physical'\
        """;

    /// Reads one slot; empty if there is none of this name.
    public static Optional<SlotStatus> read(Connection connection, String slot, String address) {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                String restart = row.getString(2);
                return Optional.of(new SlotStatus(
                        row.getInt(1),
                        restart == null ? null : Lsn.parse(restart),
                        row.getString(3),
                        row.getLong(4),
                        row.getLong(5)));
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading slot " + slot, address);
        }
    }

    /// Ends the walsender that holds the slot, so that a successor need not wait until a half-open connection
    /// times out. Needs the same role as the walsender's, `pg_signal_backend` or superuser.
    ///
    /// @return whether there was one
    public static boolean endHolder(Connection connection, String slot, String address) {
        String end = "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                + " WHERE slot_name = ? AND active_pid IS NOT NULL";
        try (PreparedStatement statement = connection.prepareStatement(end)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "ending the holder of slot " + slot, address);
        }
    }

    /// Whether WAL that the slot should have kept is gone.
    public boolean lost() {
        return walStatus.equals("lost");
    }
}

package io.walkback.postgres.connection;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// Where a primary's WAL ends, and what it is set to do with it.
///
/// @param timeline       the one that it writes
/// @param end            first byte that is not written yet
/// @param archiveTimeout after which it ends a segment that is not full, if anything but housekeeping was written;
///                       zero: never
/// @param slotLimit      `max_slot_wal_keep_size` in bytes, -1 where it is unlimited
/// @param walBudget      `max_wal_size` in bytes: what it may keep between checkpoints without any slot
public record WalPosition(TimelineId timeline, Lsn end, Duration archiveTimeout, long slotLimit, long walBudget) {
    private static final String READ = """
        SELECT pg_walfile_name(lsn), lsn::text,
               (SELECT setting::bigint FROM pg_settings WHERE name = 'archive_timeout'),
               (SELECT setting::bigint FROM pg_settings WHERE name = 'max_slot_wal_keep_size'),
               (SELECT setting::bigint FROM pg_settings WHERE name = 'max_wal_size')
          FROM pg_current_wal_lsn() lsn\
        """;
    private static final int TIMELINE_DIGITS = 8;
    private static final long MIB = 1 << 20;

    /// Asks the server. Fails on one in recovery, which writes no WAL.
    public static WalPosition read(Connection connection, String address) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            if (!row.next()) {
                throw new IllegalStateException("a function without a row");
            }
            long limit = row.getLong(4);
            return new WalPosition(
                    new TimelineId(Integer.parseUnsignedInt(row.getString(1), 0, TIMELINE_DIGITS, 16)),
                    Lsn.parse(row.getString(2)),
                    Duration.ofSeconds(row.getLong(3)),
                    limit < 0 ? -1 : limit * MIB,
                    row.getLong(5) * MIB);
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading the position of wal", address);
        }
    }
}

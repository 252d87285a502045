package io.walkback.postgres.page;

import io.walkback.postgres.connection.PostgresFailures;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// Reads a suspicious page again, through the server: one that was being written while the backup read it is whole
/// by then, or has another LSN; one that is unchanged is damaged (pitfall 27).
public final class PageReader {
    private PageReader() {}

    /// The page as it is on disk now; empty if the file is gone or shorter by now.
    ///
    /// Needs a superuser, or `pg_read_server_files` with the right to execute `pg_read_binary_file`; otherwise
    /// `POSTGRES_PRIVILEGE`.
    ///
    /// @param path    relative to the data directory, `base/5/16384.1` or `pg_tblspc/...`
    /// @param offset  of the page in this file, as in [PageMismatch]
    /// @param address of the server, for messages
    public static Optional<byte[]> read(Connection connection, String path, long offset, String address) {
        String sql = "SELECT pg_read_binary_file(?, ?, ?, true)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, path);
            statement.setLong(2, offset);
            statement.setLong(3, PageChecksum.PAGE_SIZE);
            try (ResultSet row = statement.executeQuery()) {
                byte[] page = row.next() ? row.getBytes(1) : null;
                return Optional.ofNullable(page).filter(bytes -> bytes.length == PageChecksum.PAGE_SIZE);
            }
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading " + path + " again", address);
        }
    }
}

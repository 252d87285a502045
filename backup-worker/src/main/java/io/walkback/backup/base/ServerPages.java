package io.walkback.backup.base;

import io.walkback.domain.PlatformException;
import io.walkback.postgres.page.PageChecksum;
import io.walkback.repository.manifest.FileContent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads pages with `pg_read_binary_file`, which superusers may, and roles with `pg_read_server_files` that were
/// granted the function. The connection is opened at the first use; after the first refusal nothing more is asked.
/// For one thread.
final class ServerPages implements PageSource {
    private static final Logger LOG = LoggerFactory.getLogger(ServerPages.class);
    private static final String READ = "SELECT pg_read_binary_file(?, ?, " + PageChecksum.PAGE_SIZE + ", true)";

    private final Supplier<Connection> connect;
    private @Nullable Connection connection;
    private boolean refused;

    ServerPages(Supplier<Connection> connect) {
        this.connect = connect;
    }

    @Override
    public Look read(String path, long offset) {
        if (refused) {
            return new Look.NotPossible();
        }
        try {
            if (connection == null) {
                connection = connect.get();
            }
            return ask(connection, path, offset);
        } catch (SQLException | PlatformException fault) {
            refused = true;
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("path", path)
                    .log("pages cannot be read again, mismatches stay suspects");
            return new Look.NotPossible();
        }
    }

    private static Look ask(Connection connection, String path, long offset) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, path);
            statement.setLong(2, offset);
            try (ResultSet row = statement.executeQuery()) {
                byte[] bytes = row.next() ? row.getBytes(1) : null;
                return bytes == null || bytes.length < PageChecksum.PAGE_SIZE
                        ? new Look.Gone()
                        : new Look.Page(new FileContent(bytes));
            }
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException fault) {
                LOG.atDebug().setCause(fault).log("connection for pages closed with a fault");
            }
        }
    }
}

package io.walkback.postgres.connection;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/// A server of this machine that is reached by its unix socket and lets us in without a password.
///
/// @param folder holds the socket
/// @param port   the last part of the socket's name
public record LocalServer(Path folder, int port) {
    private static final int CONNECT_SECONDS = 30;

    static {
        // DriverManager looks once, with the class loader of whichever thread asks first; a web server's finds none.
        if (!Driver.isRegistered()) {
            throw new IllegalStateException("pgjdbc has not registered itself");
        }
    }

    /// What messages call it.
    public String address() {
        return socket().toString();
    }

    /// A connection in auto-commit mode; the caller closes it.
    ///
    /// @param dbname   any that the server has, as it is
    /// @param settings set for the session from its first moment, before anything of the server's own
    /// (`session_preload_libraries`, settings of the role or of the dbname) takes effect
    public Connection connect(String dbname, String user, String applicationName, Map<String, String> settings) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, user);
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.SOCKET_FACTORY.set(properties, UnixSocketFactory.class.getName());
        PGProperty.SOCKET_FACTORY_ARG.set(properties, socket().toString());
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
        PGProperty.SSL_MODE.set(properties, "disable");
        PGProperty.GSS_ENC_MODE.set(properties, "disable");
        // The server's words go into our messages; details and hints may hold row data (P11).
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        PGProperty.OPTIONS.set(properties, options(settings));
        try {
            return DriverManager.getConnection(
                    "jdbc:postgresql://localhost:" + port + "/"
                            + URLEncoder.encode(dbname, StandardCharsets.UTF_8).replace("+", "%20"),
                    properties);
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "connecting", address());
        }
    }

    private Path socket() {
        return folder.resolve(".s.PGSQL." + port);
    }

    /// The server splits at spaces and takes a backslash as an escape.
    private static String options(Map<String, String> settings) {
        StringJoiner options = new StringJoiner(" ");
        settings.forEach((name, value) ->
                options.add("-c " + name + "=" + value.replace("\\", "\\\\").replace(" ", "\\ ")));
        return options.toString();
    }
}

package io.walkback.postgres.connection;

import io.walkback.domain.PlatformException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/// Opens connections: ordinary ones for queries, and walsender sessions for replication. Thread-safe.
///
/// Both refuse majors other than 15 to 18 with `POSTGRES_VERSION`. The properties handed to pgjdbc hold the
/// password and are never logged.
public final class PostgresConnector {
    private static final int OLDEST_MAJOR = 15;
    private static final int NEWEST_MAJOR = 18;

    static {
        // DriverManager looks once, with the class loader of whichever thread asks first; a web server's finds none.
        if (!Driver.isRegistered()) {
            throw new IllegalStateException("pgjdbc has not registered itself");
        }
    }

    private final Duration connectTimeout;

    /// @param connectTimeout from the first packet to a session that can be used, whole seconds, at least one
    public PostgresConnector(Duration connectTimeout) {
        if (connectTimeout.toSeconds() < 1) {
            throw new IllegalArgumentException("connectTimeout must be at least 1 s, was " + connectTimeout);
        }
        this.connectTimeout = connectTimeout;
    }

    /// A connection for queries, in auto-commit mode; the caller closes it.
    ///
    /// @param applicationName what `pg_stat_activity` shows
    /// @param answerTimeout   how long one answer may take before the connection counts as lost
    public Connection connect(PostgresTarget target, String applicationName, Duration answerTimeout) {
        Properties properties = properties(target, applicationName);
        PGProperty.SOCKET_TIMEOUT.set(properties, Math.toIntExact(Math.max(1, answerTimeout.toSeconds())));
        Connection connection = open(target, properties, "connecting");
        checkedMajor(connection, target);
        return connection;
    }

    /// A physical walsender session. Takes one of the server's `max_wal_senders`; the caller closes it.
    public WalsenderSession replication(PostgresTarget target, String applicationName) {
        String key = CapturedSockets.expect();
        try {
            Properties properties = properties(target, applicationName);
            PGProperty.REPLICATION.set(properties, "true");
            PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
            PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "9.4");
            PGProperty.SOCKET_FACTORY.set(properties, CapturingSocketFactory.class.getName());
            PGProperty.SOCKET_FACTORY_ARG.set(properties, key);
            PGProperty.SSL_FACTORY.set(properties, CapturingSslFactory.class.getName());
            Connection connection = open(target, properties, "connecting for replication");
            int major = checkedMajor(connection, target);
            CapturedSockets.Captured captured = CapturedSockets.forget(key);
            if (captured == null) {
                throw new IllegalStateException("pgjdbc connected without the socket factory that it was given");
            }
            return new WalsenderSession(connection, captured, target.address(), major);
        } finally {
            CapturedSockets.forget(key);
        }
    }

    private Properties properties(PostgresTarget target, String applicationName) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, target.user());
        if (target.password() != null) {
            PGProperty.PASSWORD.set(properties, target.password().reveal());
        }
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        int seconds = Math.toIntExact(connectTimeout.toSeconds());
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.SSL_MODE.set(properties, target.sslMode().parameter());
        set(properties, PGProperty.SSL_ROOT_CERT, target.sslRootCert());
        set(properties, PGProperty.SSL_CERT, target.sslCert());
        set(properties, PGProperty.SSL_KEY, target.sslKey());
        // The server's words go into our messages; details and hints may hold row data (P11).
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        return properties;
    }

    private static void set(Properties properties, PGProperty property, @Nullable Object value) {
        if (value != null) {
            property.set(properties, value.toString());
        }
    }

    private static Connection open(PostgresTarget target, Properties properties, String doing) {
        try {
            return DriverManager.getConnection(jdbcUrl(target), properties);
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, doing, target.address());
        }
    }

    private static String jdbcUrl(PostgresTarget target) {
        return "jdbc:postgresql://" + target.address() + "/"
                + URLEncoder.encode(target.database(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static int checkedMajor(Connection connection, PostgresTarget target) {
        try {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (major < OLDEST_MAJOR || major > NEWEST_MAJOR) {
                String version = connection.getMetaData().getDatabaseProductVersion();
                connection.close();
                throw PostgresFailures.version(version, target.address());
            }
            return major;
        } catch (SQLException failure) {
            PlatformException fault = PostgresFailures.of(failure, "reading the version", target.address());
            closeAfter(connection, fault);
            throw fault;
        }
    }

    private static void closeAfter(Connection connection, Exception fault) {
        try {
            connection.close();
        } catch (SQLException failure) {
            fault.addSuppressed(failure);
        }
    }
}

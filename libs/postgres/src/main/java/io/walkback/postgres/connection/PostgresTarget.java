package io.walkback.postgres.connection;

import io.walkback.domain.Secret;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One server, and how we log in to it.
///
/// @param host        a name or an address, IPv6 without brackets
/// @param port        1..65535
/// @param database    the `dbname` to connect to for queries; replication needs none
/// @param user        the role
/// @param password    absent where the server does not ask for one (trust, certificates)
/// @param sslMode     what TLS must prove
/// @param sslRootCert PEM file of the authorities that may sign the server's certificate
/// @param sslCert     our certificate, for servers that ask for one
/// @param sslKey      its key, PKCS-8
public record PostgresTarget(
        String host,
        int port,
        String database,
        String user,
        @Nullable Secret password,
        SslMode sslMode,
        @Nullable Path sslRootCert,
        @Nullable Path sslCert,
        @Nullable Path sslKey) {

    public PostgresTarget {
        if (host.isEmpty() || database.isEmpty() || user.isEmpty()) {
            throw new IllegalArgumentException("host, dbname and user must not be empty");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is 1..65535, not " + port);
        }
    }

    /// Parses `postgresql://user[:password]@host[:port]/dbname?sslmode=...&sslrootcert=...&sslcert=...&sslkey=...`
    /// (`postgres://` and a leading `jdbc:` are understood). Other parameters are refused rather than ignored.
    ///
    /// Throws [io.walkback.domain.OperatorActionException] with code `CONFIGURATION`; the message never holds the
    /// password.
    public static PostgresTarget parse(String url) {
        return PostgresUrl.parse(url);
    }

    public PostgresTarget withPassword(@Nullable Secret secret) {
        return new PostgresTarget(host, port, database, user, secret, sslMode, sslRootCert, sslCert, sslKey);
    }

    /// The same server and login, another `dbname`.
    public PostgresTarget withDatabase(String dbname) {
        return new PostgresTarget(host, port, dbname, user, password, sslMode, sslRootCert, sslCert, sslKey);
    }

    /// `host:port`, IPv6 in brackets, as messages name the server.
    public String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /// The URL that [#parse] accepts, without the password: fit to be stored and shown.
    public String url() {
        return PostgresUrl.format(this);
    }

    @Override
    public String toString() {
        return url();
    }
}

package io.walkback.domain.database;

import io.walkback.domain.Text;
import org.jspecify.annotations.Nullable;

/// How a cluster is reached.
///
/// @param dbname the database to connect to for checks; replication needs none
/// @param password null: the server asks for none (trust, peer, certificate)
/// @param sslMode libpq's word: `disable`, `prefer`, `require`, `verify-ca`, `verify-full`
/// @param sslRootCertificate path of the certificate authority's file on the workers' hosts, null: the system's
public record Connection(
        String host,
        int port,
        String dbname,
        String user,
        @Nullable SecretReference password,
        String sslMode,
        @Nullable String sslRootCertificate) {
    public Connection {
        // Each of these becomes the value of one driver property and is never parsed again; still, nothing with control
        // characters is a host or a role.
        for (String part : new String[] {host, dbname, user, sslMode}) {
            if (part.isBlank() || part.length() > 255 || !part.equals(Text.printable(part, 255))) {
                throw new IllegalArgumentException("not usable in a connection: '" + Text.printable(part, 80) + "'");
            }
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
        }
    }
}

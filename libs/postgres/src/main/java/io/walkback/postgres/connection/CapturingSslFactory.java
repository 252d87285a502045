package io.walkback.postgres.connection;

import java.io.IOException;
import java.net.Socket;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.postgresql.ssl.LibPQFactory;
import org.postgresql.util.PSQLException;

/// pgjdbc's own TLS factory, which also remembers the socket. Public because pgjdbc instantiates it by name (its
/// `sslfactory` property); nobody else has a use for it.
public final class CapturingSslFactory extends LibPQFactory {
    private final String key;

    /// @param properties those of the connection; the key is `socketFactoryArg`
    public CapturingSslFactory(Properties properties) throws PSQLException {
        super(properties);
        key = String.valueOf(PGProperty.SOCKET_FACTORY_ARG.getOrDefault(properties));
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        Socket tls = super.createSocket(socket, host, port, autoClose);
        CapturedSockets.tls(key, tls);
        return tls;
    }
}

package io.walkback.postgres.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import javax.net.SocketFactory;

/// Connects pgjdbc to a unix socket. Public because pgjdbc instantiates it by name (its `socketFactory` property);
/// whoever wants a connection asks [LocalServer].
public final class UnixSocketFactory extends SocketFactory {
    private final Path path;

    /// @param path pgjdbc's `socketFactoryArg`
    public UnixSocketFactory(String path) {
        this.path = Path.of(path);
    }

    @Override
    public Socket createSocket() throws IOException {
        return new UnixSocket(path);
    }

    /// Host and port name nothing here, in this method and those that follow.
    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return createSocket();
    }
}

package io.walkback.postgres.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/// Makes ordinary sockets for pgjdbc and remembers them under a key. Public because pgjdbc instantiates it by name
/// (its `socketFactory` property); nobody else has a use for it.
public final class CapturingSocketFactory extends SocketFactory {
    private final String key;

    /// @param key pgjdbc's `socketFactoryArg`
    public CapturingSocketFactory(String key) {
        this.key = key;
    }

    @Override
    public Socket createSocket() {
        Socket socket = new Socket();
        CapturedSockets.plain(key, socket);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw unconnectedOnly();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw unconnectedOnly();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw unconnectedOnly();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw unconnectedOnly();
    }

    private static IOException unconnectedOnly() {
        return new IOException("pgjdbc asked for a connected socket, which it did not do when this was written");
    }
}

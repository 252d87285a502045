package io.walkback.standalone.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import javax.net.SocketFactory;

/// Lets pgjdbc speak to a server that has a unix socket and no TCP port, as a restored one has.
///
/// pgjdbc makes one with the value of `socketFactoryArg`, the socket's path; host and port of the address are not
/// used. Read timeouts are not kept: a server that ends closes its socket.
public final class UnixSocketFactory extends SocketFactory {
    private final Path path;

    public UnixSocketFactory(String path) {
        this.path = Path.of(path);
    }

    @Override
    public Socket createSocket() {
        return new UnixSocket(path);
    }

    @Override
    public Socket createSocket(String host, int port) {
        return unsupported();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        return unsupported();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return unsupported();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        return unsupported();
    }

    private static Socket unsupported() {
        throw new UnsupportedOperationException("pgjdbc connects by itself");
    }

    /// What of a socket pgjdbc uses, on a channel. Reading and writing go on at the same time.
    private static final class UnixSocket extends Socket {
        private final Path path;
        private final SocketChannel channel;
        private int timeout;

        UnixSocket(Path path) {
            this.path = path;
            try {
                this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            } catch (IOException unavailable) {
                throw new IllegalStateException("this system has no unix sockets", unavailable);
            }
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            channel.connect(UnixDomainSocketAddress.of(path));
        }

        @Override
        public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
            connect(endpoint);
        }

        @Override
        public InputStream getInputStream() {
            return Channels.newInputStream(channel);
        }

        @Override
        public OutputStream getOutputStream() {
            return Channels.newOutputStream(channel);
        }

        @Override
        public boolean isConnected() {
            return channel.isConnected();
        }

        @Override
        public boolean isClosed() {
            return !channel.isOpen();
        }

        @Override
        public void setTcpNoDelay(boolean on) {
            // There is no delay on a unix socket.
        }

        @Override
        public void setKeepAlive(boolean on) {
            // Both ends are on this machine.
        }

        @Override
        public void setSoTimeout(int millis) {
            timeout = millis;
        }

        @Override
        public int getSoTimeout() {
            return timeout;
        }

        @Override
        public void close() throws IOException {
            channel.close();
            super.close();
        }
    }
}

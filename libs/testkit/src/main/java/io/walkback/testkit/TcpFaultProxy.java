package io.walkback.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A stretch of network between a client and a server, for one port, with the faults that real ones have.
///
/// Connect to [#port] instead of the server. Faults hold for connections that exist and for new ones until
/// [#heal]. Several can hold at once. Each connection has two threads and two buffers of 16 KiB; at most 256 exist
/// at a time. Thread-safe.
public final class TcpFaultProxy implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 256;
    private static final int BUFFER = 16 << 10;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final FaultPlan plan = new FaultPlan();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();

    private TcpFaultProxy(InetSocketAddress target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
    }

    /// A proxy on a free loopback port, without faults.
    public static TcpFaultProxy to(String host, int port) {
        try {
            ServerSocket listener = new ServerSocket(0, MAX_CONNECTIONS, InetAddress.getLoopbackAddress());
            TcpFaultProxy proxy = new TcpFaultProxy(new InetSocketAddress(host, port), listener);
            Thread.ofVirtual().name("fault-proxy-accept").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on loopback", e);
        }
    }

    /// Where clients connect to, on loopback.
    public int port() {
        return listener.getLocalPort();
    }

    /// Each piece of data waits this long before it goes on, in both directions.
    public void delay(Duration each) {
        plan.delay(each);
    }

    /// At most this many bytes per second pass on one connection in one direction.
    public void throttle(long bytesPerSecond) {
        plan.throttle(bytesPerSecond);
    }

    /// Half-open: nothing passes in either direction and nothing is closed, as when a firewall forgot the
    /// connection.
    public void freeze() {
        plan.freeze();
    }

    /// New connections are closed at once; those that exist go on.
    public void refuse() {
        plan.refuse();
    }

    /// Flips the lowest bit of one byte: the one that comes after `skip` more bytes in this direction, counted
    /// over all connections. [#flipped] says whether it happened.
    public void flip(FlowDirection direction, long skip) {
        plan.flip(direction, skip);
    }

    /// Whether the byte of the last [#flip] has passed: a test that injects a fault asserts that it took place.
    public boolean flipped() {
        return plan.flipped();
    }

    /// Ends every connection that exists in an orderly way; new ones are served.
    public void cut() {
        links.forEach(Link::close);
    }

    /// Ends every connection that exists with a reset, as a server that lost its memory would; new ones are served.
    public void reset() {
        links.forEach(Link::reset);
    }

    /// Takes back every fault; what was held back by [#freeze] goes on.
    public void heal() {
        plan.heal();
    }

    /// Bytes that have passed in one direction since the start, over all connections.
    public long passed(FlowDirection direction) {
        return plan.passed(direction);
    }

    /// Connections that exist now.
    public int connections() {
        return links.size();
    }

    /// Stops listening and ends every connection.
    @Override
    public void close() {
        plan.end();
        closeQuietly(listener);
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (plan.refuses() || links.size() >= MAX_CONNECTIONS) {
                    client.close();
                } else {
                    open(client);
                }
            } catch (SocketException _) {
                // The listener was closed, or a client had gone before it was served: the loop's condition tells.
            } catch (IOException e) {
                throw new UncheckedIOException("fault proxy cannot accept", e);
            }
        }
    }

    private void open(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(target, CONNECT_TIMEOUT_MILLIS);
            Link link = new Link(client, server);
            links.add(link);
            Thread.ofVirtual().start(() -> link.pump(client, server, FlowDirection.TO_SERVER));
            Thread.ofVirtual().start(() -> link.pump(server, client, FlowDirection.TO_CLIENT));
        } catch (IOException _) {
            // The server is away: the client learns it as a closed connection.
            closeQuietly(client);
            closeQuietly(server);
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception _) {
            // It is gone either way.
        }
    }

    /// One client's connection and the one to the server that belongs to it.
    private final class Link {
        private final Socket client;
        private final Socket server;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to, FlowDirection direction) {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    plan.pass(direction, buffer, read);
                    out.write(buffer, 0, read);
                    plan.count(direction, read);
                }
                plan.awaitThaw();
                to.shutdownOutput();
                if (from.isOutputShutdown()) {
                    close();
                }
            } catch (IOException _) {
                // One side is gone, so the other has nobody to talk to.
                close();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                close();
            }
        }

        void close() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }

        void reset() {
            try {
                client.setSoLinger(true, 0);
                server.setSoLinger(true, 0);
            } catch (SocketException _) {
                // Closed already.
            }
            close();
        }
    }
}

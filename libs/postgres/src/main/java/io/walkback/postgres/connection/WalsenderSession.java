package io.walkback.postgres.connection;

import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An authenticated walsender connection whose socket is ours to read and write: pgjdbc opened it and is idle.
///
/// One thread reads. [#close] and [#abort] may come from any thread and end a read that waits.
public final class WalsenderSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WalsenderSession.class);

    private final Connection driver;
    private final CapturedSockets.Captured sockets;
    private final String address;
    private final int major;
    private final AtomicBoolean ended = new AtomicBoolean();

    WalsenderSession(Connection driver, CapturedSockets.Captured sockets, String address, int major) {
        this.driver = driver;
        this.sockets = sockets;
        this.address = address;
        this.major = major;
    }

    /// The socket that carries the protocol, encrypted where the connection is.
    public Socket socket() {
        return sockets.top();
    }

    public String address() {
        return address;
    }

    /// 15 to 18.
    public int major() {
        return major;
    }

    /// The server's process behind this connection.
    public int backendPid() {
        try {
            return driver.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException failure) {
            throw PostgresFailures.of(failure, "reading the backend's number", address);
        }
    }

    public boolean encrypted() {
        return sockets.tls() != null;
    }

    public boolean ended() {
        return ended.get();
    }

    /// Says goodbye and closes. Only between two commands; in the midst of one use [#abort].
    @Override
    public void close() {
        if (ended.compareAndSet(false, true)) {
            try {
                driver.close();
            } catch (SQLException failure) {
                LOG.atDebug()
                        .addKeyValue("address", address)
                        .setCause(failure)
                        .log("walsender connection closed with a fault");
            }
        }
    }

    /// Cuts the connection, whatever it is doing; the server gives up its side.
    public void abort() {
        if (ended.compareAndSet(false, true)) {
            try {
                // The plain socket first: closing a TLS socket waits for its writers.
                sockets.plain().close();
                driver.abort(Runnable::run);
            } catch (IOException | SQLException failure) {
                LOG.atDebug()
                        .addKeyValue("address", address)
                        .setCause(failure)
                        .log("walsender connection cut with a fault");
            }
        }
    }
}

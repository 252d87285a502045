package io.walkback.postgres.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A unix socket in the shape of a [Socket], as far as pgjdbc uses one. The JDK has the channel and not the shape.
///
/// The channel never blocks; a selector for each direction does, so that a read can time out, and that an interrupt
/// or [#close] ends it. One thread reads and one writes, which may be the same.
final class UnixSocket extends Socket {
    private final Path path;
    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private volatile int timeoutMillis;

    UnixSocket(Path path) throws IOException {
        this.path = path;
        this.channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        try {
            channel.configureBlocking(false);
            readable = Selector.open();
            writable = Selector.open();
            channel.register(readable, SelectionKey.OP_READ);
            channel.register(writable, SelectionKey.OP_WRITE);
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    /// It is connected from the beginning.
    @Override
    public void connect(SocketAddress endpoint, int timeout) {}

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    /// A property of TCP, like the next two.
    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setReceiveBufferSize(int bytes) {}

    @Override
    public void setSendBufferSize(int bytes) {}

    @Override
    public int getSendBufferSize() {
        return 64 << 10;
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
                int count = channel.read(buffer);
                while (count == 0 && length > 0) {
                    await(readable, timeoutMillis);
                    count = channel.read(buffer);
                }
                return count;
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(from, offset, length);
                while (buffer.hasRemaining()) {
                    if (channel.write(buffer) == 0) {
                        await(writable, 0);
                    }
                }
            }
        };
    }

    /// @param millis 0: without end
    private void await(Selector selector, int millis) throws IOException {
        try {
            if (selector.select(millis) == 0) {
                if (Thread.currentThread().isInterrupted() || !channel.isOpen()) {
                    throw new SocketException("the wait for " + path + " was broken off");
                }
                throw new SocketTimeoutException("no answer within " + millis + " ms");
            }
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException closed) {
            throw (SocketException) new SocketException("the connection to " + path + " is closed").initCause(closed);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel;
                readable;
                writable) {
            readable.wakeup();
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

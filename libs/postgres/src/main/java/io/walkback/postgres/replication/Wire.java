package io.walkback.postgres.replication;

import io.walkback.domain.PlatformException;
import io.walkback.postgres.connection.PostgresFailures;
import io.walkback.postgres.connection.ServerError;
import io.walkback.postgres.connection.WalsenderSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// PostgreSQL's message framing, protocol 3.0, over one session.
///
/// ```
/// +------+--------------------+-----------------+
/// | type | length (int32, +4) | payload         |   all integers big-endian
/// +------+--------------------+-----------------+
/// ```
///
/// [#next] makes one message visible in a buffer that is reused: [#payload], [#start] and [#length] are valid
/// until the next call. A message longer than [#LARGEST_MESSAGE] is refused. One thread reads; [#send] may be
/// called by another.
final class Wire {
    /// The server's CopyData are at most 128 KiB of WAL or 32 KiB of tar; the longest answer is a history file.
    static final int LARGEST_MESSAGE = 8 << 20;

    private static final int BUFFER = 256 << 10;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final WalsenderSession session;
    private final InputStream in;
    private final OutputStream out;
    private byte[] buffer = new byte[BUFFER];
    private int filled;
    private int messageEnd;
    private int start;
    private char type;
    private String doing = "connecting";

    Wire(WalsenderSession session) {
        this.session = session;
        try {
            this.in = session.socket().getInputStream();
            this.out = session.socket().getOutputStream();
        } catch (IOException failure) {
            throw PostgresFailures.lost("connecting", session.address(), failure);
        }
    }

    /// How long [#next] waits for bytes before the server counts as gone.
    void silenceLimit(Duration limit) {
        try {
            session.socket().setSoTimeout(Math.toIntExact(limit.toMillis()));
        } catch (SocketException failure) {
            throw lost(failure);
        }
    }

    /// Names the work for messages of faults, lower case.
    void doing(String work) {
        doing = work;
    }

    /// Reads up to the next message that answers us and returns its type. Notices and settings are passed over; an
    /// ErrorResponse becomes an exception, after which the session is still to be read up to ReadyForQuery or cut.
    char next() {
        try {
            while (true) {
                readMessage();
                switch (type) {
                    case 'N', 'S', 'A' -> {}
                    case 'E' -> throw PostgresFailures.of(error(), doing, session.address());
                    default -> {
                        return type;
                    }
                }
            }
        } catch (IOException failure) {
            throw lost(failure);
        }
    }

    /// [#next], which must be of the given type.
    void expect(char wanted) {
        char got = next();
        if (got != wanted) {
            throw unexpected("message '" + got + "' instead of '" + wanted + "'");
        }
    }

    /// The type that [#next] returned last.
    char type() {
        return type;
    }

    byte[] payload() {
        return buffer;
    }

    int start() {
        return start;
    }

    int length() {
        return messageEnd - start;
    }

    byte byteAt(int offset) {
        require(offset, 1);
        return buffer[start + offset];
    }

    int intAt(int offset) {
        require(offset, 4);
        return (int) INT.get(buffer, start + offset);
    }

    long longAt(int offset) {
        require(offset, 8);
        return (long) LONG.get(buffer, start + offset);
    }

    /// The text from `offset` to the next zero byte. Its length in bytes plus one is the distance to what follows.
    byte[] zeroEndedAt(int offset) {
        int end = start + offset;
        while (end < messageEnd && buffer[end] != 0) {
            end++;
        }
        if (end >= messageEnd) {
            throw unexpected("a text without an end in message '" + type + "'");
        }
        byte[] text = new byte[end - start - offset];
        System.arraycopy(buffer, start + offset, text, 0, text.length);
        return text;
    }

    /// Sends one message whole. Thread-safe.
    void send(char messageType, byte[] content) throws IOException {
        byte[] message = new byte[content.length + 5];
        message[0] = (byte) messageType;
        INT.set(message, 1, content.length + 4);
        System.arraycopy(content, 0, message, 5, content.length);
        synchronized (out) {
            out.write(message);
            out.flush();
        }
    }

    void command(String command) {
        try {
            send('Q', (command + "\0").getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw lost(failure);
        }
    }

    /// The DataRow in view.
    Row row() {
        int columns = Byte.toUnsignedInt(byteAt(0)) << 8 | Byte.toUnsignedInt(byteAt(1));
        List<byte @Nullable []> row = new ArrayList<>(columns);
        int at = 2;
        for (int i = 0; i < columns; i++) {
            int size = intAt(at);
            at += 4;
            if (size < 0) {
                row.add(null);
                continue;
            }
            require(at, size);
            byte[] value = new byte[size];
            System.arraycopy(buffer, start + at, value, 0, size);
            row.add(value);
            at += size;
        }
        return new Row(this, row);
    }

    PlatformException lost(IOException failure) {
        return PostgresFailures.lost(doing, session.address(), failure);
    }

    PlatformException unexpected(String what) {
        return PostgresFailures.protocol(what, doing, session.address());
    }

    private void require(int offset, int size) {
        if (size < 0 || offset + size > length()) {
            throw unexpected("message '" + type + "' of only " + length() + " bytes");
        }
    }

    private void readMessage() throws IOException {
        fill(messageEnd, 5);
        type = (char) buffer[messageEnd];
        int size = (int) INT.get(buffer, messageEnd + 1) - 4;
        if (size < 0 || size > LARGEST_MESSAGE) {
            throw unexpected("message '" + type + "' of " + size + " bytes");
        }
        fill(messageEnd, 5 + size);
        start = messageEnd + 5;
        messageEnd = start + size;
    }

    /// Makes `count` bytes from `from` available, moving the unread rest to the front where it would not fit.
    private void fill(int from, int count) throws IOException {
        if (from + count <= filled) {
            return;
        }
        if (from == filled) {
            filled = 0;
            messageEnd = 0;
        } else if (from + count > buffer.length) {
            byte[] room = count <= buffer.length ? buffer : new byte[count];
            System.arraycopy(buffer, from, room, 0, filled - from);
            buffer = room;
            filled -= from;
            messageEnd = 0;
        }
        int needed = messageEnd + count;
        if (needed > buffer.length) {
            throw new IllegalStateException("a message of " + count + " bytes was given no room");
        }
        while (filled < needed) {
            int read = in.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                throw new IOException("end of stream");
            }
            filled += read;
        }
    }

    private ServerError error() {
        Map<Character, String> fields = new HashMap<>();
        int at = 0;
        while (at < length() && byteAt(at) != 0) {
            char field = (char) byteAt(at);
            byte[] text = zeroEndedAt(at + 1);
            fields.put(field, new String(text, StandardCharsets.UTF_8));
            at += text.length + 2;
        }
        return ServerError.of(fields);
    }
}

package io.walkback.postgres.replication;

import io.walkback.postgres.connection.PostgresTarget;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Answers one login like PostgreSQL of any version and then does what a test wants, true to the protocol or not.
final class FakeServer implements AutoCloseable {
    /// What happens after ReadyForQuery.
    interface Script {
        void play(DataInputStream in, DataOutputStream out) throws IOException;
    }

    private final ServerSocket listener;

    FakeServer(String version, Script script) throws IOException {
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (Socket socket = listener.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                in.readNBytes(in.readInt() - 4);
                message(out, 'R', new byte[4]);
                setting(out, "server_version", version);
                setting(out, "client_encoding", "UTF8");
                setting(out, "DateStyle", "ISO, MDY");
                setting(out, "standard_conforming_strings", "on");
                setting(out, "integer_datetimes", "on");
                setting(out, "TimeZone", "UTC");
                message(out, 'K', new byte[8]);
                message(out, 'Z', new byte[] {'I'});
                script.play(in, out);
            } catch (IOException closed) {
                // The client left, as it does at the end of every test.
                assert closed != null;
            }
        });
    }

    PostgresTarget target() {
        return PostgresTarget.parse("postgresql://a@127.0.0.1:" + listener.getLocalPort() + "/b?sslmode=disable");
    }

    static void message(DataOutputStream out, char type, byte[] content) throws IOException {
        out.writeByte(type);
        out.writeInt(content.length + 4);
        out.write(content);
        out.flush();
    }

    /// A DataRow of texts.
    static void row(DataOutputStream out, String... columns) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream row = new DataOutputStream(bytes);
        row.writeShort(columns.length);
        for (String column : columns) {
            byte[] text = column.getBytes(StandardCharsets.UTF_8);
            row.writeInt(text.length);
            row.write(text);
        }
        message(out, 'D', bytes.toByteArray());
    }

    private static void setting(DataOutputStream out, String name, String value) throws IOException {
        message(out, 'S', (name + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /// Reads a message of the client and returns its content.
    static byte[] read(DataInputStream in, char type) throws IOException {
        if (in.readByte() != type) {
            throw new IOException("not a message of type " + type);
        }
        return in.readNBytes(in.readInt() - 4);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}

package io.walkback.restore.client;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// Asks the worker for one file of WAL. Arguments: socket, name, file. Exit code 0: it was written; [#NONE]: the
/// archive has none; anything else: it could not be told. A JVM that cannot even start exits with 1, so that must
/// not be "none".
public final class AskForWal {
    /// The archive has no such file.
    public static final int NONE = 44;

    private static final int COULD_NOT_TELL = 203;

    private AskForWal() {}

    public static void main(String[] arguments) {
        System.exit(ask(arguments[0], arguments[1], arguments[2]));
    }

    static int ask(String socket, String name, String file) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(
                    ("GET /" + name + "/" + file + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(512);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                // Until the server closes, which it does after one answer.
            }
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
            return text.startsWith("HTTP/1.0 200 ") ? 0 : text.startsWith("HTTP/1.0 404 ") ? NONE : COULD_NOT_TELL;
        } catch (IOException _) {
            return COULD_NOT_TELL;
        }
    }
}

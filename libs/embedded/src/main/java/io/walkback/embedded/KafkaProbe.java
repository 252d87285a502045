package io.walkback.embedded;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/// Asks a broker which versions it speaks. An open port is no proof: the answer comes once requests are processed.
final class KafkaProbe {
    private static final int TIMEOUT_MILLIS = 1_000;
    private static final int CORRELATION_ID = 0x57414C4B;
    private static final short API_VERSIONS = 18;

    private KafkaProbe() {}

    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            // size, api key, api version 0, correlation id, no client id
            DataOutputStream request = new DataOutputStream(socket.getOutputStream());
            request.writeInt(2 + 2 + 4 + 2);
            request.writeShort(API_VERSIONS);
            request.writeShort(0);
            request.writeInt(CORRELATION_ID);
            request.writeShort(-1);
            request.flush();
            // size, correlation id, error code
            DataInputStream response = new DataInputStream(socket.getInputStream());
            return response.readInt() >= 6 && response.readInt() == CORRELATION_ID && response.readShort() == 0;
        } catch (IOException _) {
            // Not yet: that is the answer.
            return false;
        }
    }
}

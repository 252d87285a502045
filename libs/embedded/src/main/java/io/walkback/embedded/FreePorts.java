package io.walkback.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Loopback ports that nobody listens on.
///
/// They are taken from below the range that Linux hands out for outgoing connections (32768 and up), so that a part
/// can be killed and started again on its port without finding that a client's connection sits on it. One process
/// never gets the same port twice; another program may still take one between the choice and the use, and the part
/// then says so.
public final class FreePorts {
    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;
    private static final int TRIES = 2_000;
    private static final BitSet HANDED_OUT = new BitSet(LAST + 1);

    private FreePorts() {}

    /// One free port.
    public static int one() {
        return several(1).getFirst();
    }

    /// `count` free ports, all different.
    public static List<Integer> several(int count) {
        List<Integer> ports = new ArrayList<>(count);
        for (int tries = 0; ports.size() < count; tries++) {
            if (tries == TRIES) {
                throw new IllegalStateException("no free loopback port between " + FIRST + " and " + LAST);
            }
            int candidate = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (claim(candidate)) {
                ports.add(candidate);
            }
        }
        return List.copyOf(ports);
    }

    private static boolean claim(int port) {
        synchronized (HANDED_OUT) {
            if (HANDED_OUT.get(port) || !isFree(port)) {
                return false;
            }
            HANDED_OUT.set(port);
            return true;
        }
    }

    /// Whether a server could listen on `port` of loopback now.
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException _) {
            // Taken: that is the answer.
            return false;
        }
    }
}

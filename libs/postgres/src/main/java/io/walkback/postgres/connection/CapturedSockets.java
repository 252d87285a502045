package io.walkback.postgres.connection;

import java.net.Socket;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Where the two factories that pgjdbc instantiates by name leave the sockets of a connection that is being opened.
///
/// Entries live from [#expect] to [#forget], so the map holds no more than the connections being opened at this
/// moment. Thread-safe: pgjdbc may connect on a thread of its own.
final class CapturedSockets {
    /// @param plain what is connected to the server
    /// @param tls   the layer above it, null where the connection is not encrypted
    record Captured(Socket plain, @Nullable Socket tls) {
        Socket top() {
            return tls == null ? plain : tls;
        }
    }

    private static final Object NOTHING_YET = new Object();
    private static final ConcurrentMap<String, Object> BY_KEY = new ConcurrentHashMap<>();

    private CapturedSockets() {}

    static String expect() {
        String key = UUID.randomUUID().toString();
        BY_KEY.put(key, NOTHING_YET);
        return key;
    }

    /// A new plain socket: pgjdbc tries again (another `sslmode`), so what was there is history.
    static void plain(String key, Socket socket) {
        BY_KEY.computeIfPresent(key, (_, _) -> new Captured(socket, null));
    }

    static void tls(String key, Socket socket) {
        BY_KEY.computeIfPresent(
                key,
                (_, before) -> before instanceof Captured captured ? new Captured(captured.plain(), socket) : before);
    }

    static @Nullable Captured forget(String key) {
        return BY_KEY.remove(key) instanceof Captured captured ? captured : null;
    }
}

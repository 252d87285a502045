package io.walkback.restore.preview;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Counts the clients of a running server without asking it: a backend's title names its user, its dbname and where
/// the client is, and the titles are in `/proc`. So it needs no login, and works on a server that takes no more.
final class Clients {
    /// `postgres: anne shop [local] idle`, with `cluster_name` and a colon in front where one is set. No other
    /// process of a server has an address in its title, except a walsender.
    private static final Pattern CLIENT = Pattern.compile("postgres: .* (\\[local]|\\S+\\(\\d+\\))( .*)?");

    private static final Pattern WALSENDER = Pattern.compile("postgres: (.*: )?walsender .*");

    private Clients() {}

    /// How many there are; null where the processes cannot be looked at.
    static @Nullable Integer of(long postmaster) {
        List<ProcessHandle> children = ProcessHandle.of(postmaster).map(ProcessHandle::children).stream()
                .flatMap(found -> found)
                .toList();
        if (children.isEmpty()) {
            // A server has a checkpointer at least.
            return null;
        }
        int count = 0;
        for (ProcessHandle child : children) {
            try {
                count += isClient(title(child.pid())) ? 1 : 0;
            } catch (IOException _) {
                if (child.isAlive()) {
                    return null;
                }
            }
        }
        return count;
    }

    static boolean isClient(String title) {
        return CLIENT.matcher(title).matches() && !WALSENDER.matcher(title).matches();
    }

    private static String title(long pid) throws IOException {
        return new String(Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")), StandardCharsets.UTF_8)
                .replace('\0', ' ')
                .strip();
    }
}

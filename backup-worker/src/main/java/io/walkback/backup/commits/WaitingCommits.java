package io.walkback.backup.commits;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// How long commits have waited. PostgreSQL does not tell since when one does, so it counts from the look that saw
/// it first. For one thread; no clock of its own. Memory: one entry for each that waits now, and those are no more
/// than the server's connections.
final class WaitingCommits {
    private final Map<String, Long> firstSeen = new HashMap<>();

    /// What one look found.
    ///
    /// @param longest of them all
    /// @param late    those that have waited for the limit or longer
    record Found(Duration longest, int late) {}

    /// @param commits one text each, the same for as long as the same one waits
    /// @param nanos   a monotonic clock
    Found look(Set<String> commits, Duration limit, long nanos) {
        firstSeen.keySet().retainAll(commits);
        commits.forEach(commit -> firstSeen.putIfAbsent(commit, nanos));
        long oldest = firstSeen.isEmpty() ? nanos : Collections.min(firstSeen.values(), WaitingCommits::earlier);
        int late = (int) firstSeen.values().stream()
                .filter(since -> nanos - since >= limit.toNanos())
                .count();
        return new Found(Duration.ofNanos(nanos - oldest), late);
    }

    /// [System#nanoTime] may overflow.
    private static int earlier(long one, long other) {
        return Long.signum(one - other);
    }
}

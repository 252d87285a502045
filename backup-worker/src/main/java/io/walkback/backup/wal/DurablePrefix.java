package io.walkback.backup.wal;

import io.walkback.domain.Lsn;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// How far WAL is durable without a hole, however out of order its parts became so (pitfall 11): the only position
/// that may be told to the server as flushed (P6). Thread-safe.
///
/// Memory: one entry for each run of bytes beyond the first hole: as many as are being stored at once, and one for
/// each time that the brokers of a tail were away.
final class DurablePrefix {
    private record Part(Lsn from, Lsn to) {}

    private final List<Part> beyond = new ArrayList<>();
    private Lsn end;

    /// @param start everything before it is durable, or declared missing
    DurablePrefix(Lsn start) {
        this.end = start;
    }

    /// What lies between the two is durable now; parts may overlap. Returns the end of the prefix.
    synchronized Lsn add(Lsn from, Lsn to) {
        if (to.isBefore(from)) {
            throw new IllegalArgumentException("wal from " + from + " to " + to);
        }
        Part last = beyond.isEmpty() ? null : beyond.getLast();
        if (last != null && last.to().equals(from)) {
            beyond.set(beyond.size() - 1, new Part(last.from(), to));
        } else {
            beyond.add(new Part(from, to));
        }
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Iterator<Part> parts = beyond.iterator(); parts.hasNext(); ) {
                Part part = parts.next();
                if (!part.from().isAfter(end)) {
                    end = Lsn.max(end, part.to());
                    parts.remove();
                    moved = true;
                }
            }
        }
        return end;
    }

    synchronized Lsn end() {
        return end;
    }
}

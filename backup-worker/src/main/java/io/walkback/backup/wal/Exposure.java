package io.walkback.backup.wal;

import io.walkback.domain.Lsn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/// How much would be lost if the server were gone now: the age of the oldest WAL that is not durable here. Zero for
/// a server that has nothing more to send, however long it has been idle (pitfall 14). Thread-safe.
///
/// WAL has the age at which the server was first heard to have it, rounded up to a quarter of a second, and more
/// where a backlog is longer than some minutes; never less. While nobody listens, something may have been written
/// since the moment at which the connection was last known to be there.
///
/// Memory: [#MOST] positions at most.
final class Exposure {
    static final int MOST = 1_024;
    private static final long FINEST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /// WAL up to `end`, and not the mark before, was heard of no earlier than at `nanos`.
    private record Mark(Lsn end, long nanos) {}

    private final Deque<Mark> marks = new ArrayDeque<>();
    private long grainNanos = FINEST_NANOS;
    private Lsn durable = Lsn.INVALID;
    private Lsn heard = Lsn.INVALID;
    private long aloneSince;
    private boolean alone = true;
    private boolean everConnected;

    /// @param aloneSince since when nobody is known to have listened, by [System#nanoTime]
    Exposure(long aloneSince) {
        this.aloneSince = aloneSince;
    }

    /// Before the first connection: when WAL was stored last, by whomever. Ignored later.
    synchronized void lastStored(long nanos) {
        if (!everConnected) {
            aloneSince = Math.min(aloneSince, nanos);
        }
    }

    /// Somebody listens to the server again, which is at `serverEnd`; everything before `from` is durable, or
    /// declared missing. What lies between may be as old as the silence.
    synchronized void connected(Lsn from, Lsn serverEnd, long nanos) {
        marks.clear();
        durable = from;
        heard = from;
        if (alone) {
            note(serverEnd, aloneSince);
        }
        alone = false;
        everConnected = true;
        note(serverEnd, nanos);
    }

    /// The server's WAL reaches to `end`.
    synchronized void heard(Lsn end, long nanos) {
        if (!alone) {
            note(end, nanos);
        }
    }

    private void note(Lsn end, long nanos) {
        if (!end.isAfter(heard)) {
            return;
        }
        heard = end;
        Mark last = marks.peekLast();
        if (last != null && nanos - last.nanos() < grainNanos) {
            marks.removeLast();
            marks.addLast(new Mark(end, last.nanos()));
            return;
        }
        marks.addLast(new Mark(end, nanos));
        if (marks.size() > MOST) {
            coarsen();
        }
    }

    /// Joins marks two and two; each pair has the age of its elder.
    private void coarsen() {
        Deque<Mark> all = new ArrayDeque<>(marks);
        marks.clear();
        for (Iterator<Mark> each = all.iterator(); each.hasNext(); ) {
            Mark elder = each.next();
            marks.addLast(each.hasNext() ? new Mark(each.next().end(), elder.nanos()) : elder);
        }
        grainNanos *= 2;
    }

    /// Everything before `end` is durable.
    synchronized void durable(Lsn end) {
        durable = Lsn.max(durable, end);
        while (!marks.isEmpty() && !marks.getFirst().end().isAfter(durable)) {
            marks.removeFirst();
        }
        if (marks.isEmpty()) {
            grainNanos = FINEST_NANOS;
        }
    }

    /// Up to where everything is durable; [Lsn#INVALID] before the first connection.
    synchronized Lsn durableEnd() {
        return durable;
    }

    /// The connection is lost.
    synchronized void alone(long nanos) {
        if (!alone) {
            alone = true;
            aloneSince =
                    marks.isEmpty() ? nanos : Math.min(nanos, marks.getFirst().nanos());
        }
    }

    /// Whether the server has been asked, and so [#at] says something of WAL. Before that it counts the silence of
    /// this attempt alone, and what an attempt before it left behind may be older.
    synchronized boolean isKnown() {
        return everConnected;
    }

    /// WAL that is known to be on the server and is not durable.
    synchronized long bytes() {
        return Math.max(0, heard.minus(durable));
    }

    synchronized Duration at(long nanos) {
        long since =
                alone ? aloneSince : marks.isEmpty() ? nanos : marks.getFirst().nanos();
        return Duration.ofNanos(Math.max(0, nanos - since));
    }
}

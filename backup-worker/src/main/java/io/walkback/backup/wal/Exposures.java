package io.walkback.backup.wal;

import io.walkback.domain.Lsn;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the loss of the server would cost now, with the tail where there is one, and with the repository alone.
/// Thread-safe.
///
/// @param now   what is neither in the repository nor acknowledged by the brokers of a tail: RPO now
/// @param store what is not in the repository; the same where there is no tail
record Exposures(Exposure now, Exposure store) {
    Exposures(long aloneSince) {
        this(new Exposure(aloneSince), new Exposure(aloneSince));
    }

    void lastStored(long nanos) {
        now.lastStored(nanos);
        store.lastStored(nanos);
    }

    void connected(Lsn from, Lsn serverEnd, long nanos) {
        now.connected(from, serverEnd, nanos);
        store.connected(from, serverEnd, nanos);
    }

    void heard(Lsn end, long nanos) {
        now.heard(end, nanos);
        store.heard(end, nanos);
    }

    void alone(long nanos) {
        now.alone(nanos);
        store.alone(nanos);
    }

    /// A connection begins. What the server has beyond the pieces of the unfinished segment may be as old as what
    /// was stored last.
    ///
    /// @param flushed the end of the server's WAL
    void begin(WalArchive archive, WalSegment unfinished, Lsn flushed, Clock clock) {
        DurablePrefix durable = new DurablePrefix(unfinished.start());
        List<WalPiece> pieces = archive.pieces(unfinished);
        pieces.forEach(piece -> durable.add(piece.from(), piece.to()));
        Optional<WalObject> newest = pieces.isEmpty()
                ? Optional.of(unfinished)
                        .filter(segment -> segment.number() > 0)
                        .flatMap(segment -> archive.findSegment(
                                WalSegment.endingAt(segment.timeline(), segment.start(), segment.size())))
                : archive.findPiece(pieces.getLast());
        long nanos = System.nanoTime();
        newest.ifPresent(stored -> lastStored(nanos
                - Math.max(
                        0, Duration.between(stored.storedAt(), clock.instant()).toNanos())));
        connected(durable.end(), flushed, nanos);
    }
}

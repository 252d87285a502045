package io.walkback.restore.plan;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.WalSegment;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.postgres.wal.TransactionEnd;
import io.walkback.postgres.wal.WalEvents;
import io.walkback.repository.wal.CommitTimes;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks into archived WAL around one position: which records and which ends of transactions lie next to it.
///
/// Reads backwards in steps that double, [#FARTHEST] segments at most, as [WalWalk] reads.
public final class WalProbe {
    /// 2 GiB of WAL with the usual segments: a transaction that ends nowhere in that is told by the objects'
    /// footers.
    static final int FARTHEST = 128;

    private final WalArchive archive;
    private final WalChain chain;
    private final WalWalk walk;

    public WalProbe(WalArchive archive, int major, SystemIdentifier system, WalChain chain) {
        this.archive = archive;
        this.chain = chain;
        this.walk = new WalWalk(archive, major, system, chain);
    }

    /// What lies around a position.
    ///
    /// @param previousRecord where the record before `lastRecord` begins, null if none was found
    /// @param lastRecord where the last whole record that ends at or before it begins, null if none was found
    /// @param lastRecordEnd the first position after that record, rounded up to a multiple of 8; null with it
    /// @param nextRecord where the first record begins that does so at or after it, null if none was found in its
    /// segment and the next
    /// @param before the last end of a transaction that ends at or before it, null if none was found
    /// @param commit the time of the last commit that ends at or before it, null if none was found
    /// @param after the first end of a transaction that begins at or after it, null if none was found in its
    /// segment and the next
    public record Surroundings(
            @Nullable Lsn previousRecord,
            @Nullable Lsn lastRecord,
            @Nullable Lsn lastRecordEnd,
            @Nullable Lsn nextRecord,
            @Nullable TransactionEnd before,
            @Nullable Instant commit,
            @Nullable TransactionEnd after) {}

    public Surroundings around(Lsn position) {
        long centre = Math.min(number(position), chain.lastNumber());
        Surroundings found = new Surroundings(null, null, null, null, null, null, null);
        for (int back = 1; back <= FARTHEST; back *= 2) {
            long first = Math.max(chain.firstNumber(), centre - back);
            found = read(first, Math.min(centre + 1, chain.lastNumber()), position);
            if ((found.before() != null && found.previousRecord() != null) || first == chain.firstNumber()) {
                break;
            }
        }
        return found;
    }

    /// The time of the newest commit in the chain before segment `number`, by the objects' footers; empty when
    /// none of them holds one.
    public Optional<Instant> newestCommitBefore(long number) {
        for (long at = Math.min(number, chain.next().number()) - 1; at >= chain.firstNumber(); at--) {
            Optional<Instant> time = chain.segment(at)
                    .flatMap(archive::findSegment)
                    .flatMap(WalObject::commitTimes)
                    .map(CommitTimes::last);
            if (time.isPresent()) {
                return time;
            }
        }
        return Optional.empty();
    }

    /// When the newest object of the chain was stored.
    Optional<Instant> storedAt() {
        WalSegment next = chain.next();
        Optional<Instant> piece = chain.tailEnd() == null
                ? Optional.empty()
                : archive.pieces(next).stream()
                        .flatMap(found -> archive.findPiece(found).stream())
                        .map(WalObject::storedAt)
                        .max(Instant::compareTo);
        return piece.or(() ->
                chain.segment(next.number() - 1).flatMap(archive::findSegment).map(WalObject::storedAt));
    }

    private Surroundings read(long first, long last, Lsn position) {
        Collector collector = new Collector(position);
        walk.read(first, last, collector, () -> false);
        return collector.found();
    }

    private long number(Lsn position) {
        return Long.divideUnsigned(position.bytes(), chain.next().size());
    }

    private static final class Collector implements WalEvents {
        private final Lsn position;
        private @Nullable Lsn previousRecord;
        private @Nullable Lsn lastRecord;
        private @Nullable Lsn lastRecordEnd;
        private @Nullable Lsn nextRecord;
        private @Nullable TransactionEnd before;
        private @Nullable Instant commit;
        private @Nullable TransactionEnd after;

        Collector(Lsn position) {
            this.position = position;
        }

        Surroundings found() {
            return new Surroundings(previousRecord, lastRecord, lastRecordEnd, nextRecord, before, commit, after);
        }

        @Override
        public void recordRead(Lsn record, Lsn end) {
            if (!record.isBefore(position) && nextRecord == null) {
                nextRecord = record;
            }
            if (!end.isAfter(position)) {
                previousRecord = lastRecord;
                lastRecord = record;
                lastRecordEnd = new Lsn(end.bytes() + 7 & ~7L);
            }
        }

        @Override
        public void transactionEnded(TransactionEnd transaction) {
            // A position that recovery reports is not rounded up to 8 bytes, a record's end here is.
            if (transaction.record().isBefore(position)) {
                before = transaction;
                commit = transaction.committed() ? transaction.time() : commit;
            } else if (after == null) {
                after = transaction;
            }
        }

        @Override
        public void segmentEnded(SegmentSummary summary) {}
    }
}

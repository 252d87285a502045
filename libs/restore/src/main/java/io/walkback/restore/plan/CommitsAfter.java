package io.walkback.restore.plan;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.Lsn;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.postgres.wal.TransactionEnd;
import io.walkback.postgres.wal.WalEvents;
import io.walkback.repository.wal.CommitTimes;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The transactions that the repository has and a restore leaves out.
///
/// @param count null where more than [#MOST_SEGMENTS] segments would have to be read to count them, and where one of
/// them is damaged: the restore does not need it
/// @param first time of the first, null where there is none or it was not looked for
/// @param last  time of the last, null where there is none
public record CommitsAfter(
        @Nullable Long count,
        @Nullable Instant first,
        @Nullable Instant last) {
    private static final Logger LOG = LoggerFactory.getLogger(CommitsAfter.class);

    /// Read in a few seconds: half a gigabyte with the usual segments.
    static final int MOST_SEGMENTS = 32;

    public static CommitsAfter of(RestorePlan plan, WalArchive archive) {
        WalChain wal = plan.wal();
        long from = from(plan, archive);
        if (wal.lastNumber() - from < MOST_SEGMENTS) {
            Counter counter = new Counter(plan);
            try {
                new WalWalk(archive, plan.major(), plan.system(), wal)
                        .read(from, wal.lastNumber(), counter, () -> false);
                return new CommitsAfter(counter.count, counter.first, counter.last);
            } catch (CorruptDataException damaged) {
                LOG.atWarn()
                        .addKeyValue("databaseId", plan.database())
                        .addKeyValue("failureCode", damaged.code())
                        .log("wal after a target cannot be read, its commits are not counted");
            }
        }
        WalProbe probe = new WalProbe(archive, plan.major(), plan.system(), wal);
        return new CommitsAfter(
                null, null, probe.newestCommitBefore(wal.lastNumber() + 1).orElse(null));
    }

    /// The segment to begin with; for a time, the last one before which, by the objects' footers, nothing later was
    /// committed.
    private static long from(RestorePlan plan, WalArchive archive) {
        WalChain wal = plan.wal();
        Lsn position =
                switch (plan.stop()) {
                    case Stop.Consistent _ -> plan.consistent();
                    case Stop.Position stop -> stop.lsn();
                    case Stop.Time _ -> plan.consistent();
                };
        long lowest = Math.max(
                wal.firstNumber(),
                Long.divideUnsigned(position.bytes(), wal.next().size()));
        if (!(plan.stop() instanceof Stop.Time(Instant time, boolean _))) {
            return lowest;
        }
        long number = wal.lastNumber();
        while (number > lowest
                && wal.lastNumber() - number < MOST_SEGMENTS
                && !endsBefore(wal, archive, number, time)) {
            number--;
        }
        return number;
    }

    /// Whether the whole segment was committed before `time`. Without a footer nothing is known.
    private static boolean endsBefore(WalChain wal, WalArchive archive, long number, Instant time) {
        Optional<CommitTimes> times =
                wal.segment(number).flatMap(archive::findSegment).flatMap(WalObject::commitTimes);
        return times.filter(known -> known.last().isBefore(time)).isPresent();
    }

    /// PostgreSQL ends at the first record that is past the target, so everything after that one is left out,
    /// whatever its time.
    private static final class Counter implements WalEvents {
        private final RestorePlan plan;
        private long count;
        private @Nullable Instant first;
        private @Nullable Instant last;
        private @Nullable Lsn kept;
        private boolean past;

        Counter(RestorePlan plan) {
            this.plan = plan;
        }

        @Override
        public void recordRead(Lsn record, Lsn end) {
            keep(record);
        }

        @Override
        public void transactionEnded(TransactionEnd transaction) {
            keep(transaction.record());
            past |= isPast(transaction);
            if (past && transaction.committed()) {
                count++;
                first = first == null ? transaction.time() : first;
                last = transaction.time();
            }
        }

        private boolean isPast(TransactionEnd transaction) {
            return switch (plan.stop()) {
                case Stop.Consistent _ -> !transaction.record().isBefore(plan.consistent());
                case Stop.Position(Lsn lsn, boolean inclusive) ->
                    inclusive
                            ? kept != null && transaction.record().isAfter(kept)
                            : !transaction.record().isBefore(lsn);
                case Stop.Time(Instant time, boolean inclusive) ->
                    !transaction.record().isBefore(plan.consistent())
                            && (inclusive
                                    ? transaction.time().isAfter(time)
                                    : !transaction.time().isBefore(time));
            };
        }

        /// The last record that an inclusive position keeps is the first one at it or after it.
        private void keep(Lsn record) {
            if (kept == null && plan.stop() instanceof Stop.Position(Lsn lsn, boolean _) && !record.isBefore(lsn)) {
                kept = record;
            }
        }

        @Override
        public void segmentEnded(SegmentSummary summary) {}
    }
}

package io.walkback.restore.plan;

import io.walkback.domain.Lsn;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.postgres.wal.RestorePoint;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.postgres.wal.TransactionEnd;
import io.walkback.postgres.wal.WalEvents;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the record of a transaction or a restore point in the WAL that leads on from a backup.
///
/// PostgreSQL would stop at the first record that fits, and so does this: the same name may have been given twice,
/// and transaction numbers come again after four thousand million. What is found is a position, and recovery to it
/// reads, stops and fails as recovery to any other.
///
/// Reads all WAL from the backup up to the record: a disk's time for it, the memory of one buffer.
final class TargetSearch implements WalEvents {
    private final Lsn from;
    private final RecoveryTarget target;
    private @Nullable Lsn found;

    private TargetSearch(Lsn from, RecoveryTarget target) {
        this.from = from;
        this.target = target;
    }

    /// Where the record begins that `target` names, empty when it is not in the chain.
    ///
    /// @param from records that begin before it do not count: the backup is consistent only here
    /// @param until what begins there or later was searched before
    static Optional<Lsn> find(WalWalk walk, WalChain chain, Lsn from, Lsn until, RecoveryTarget target) {
        TargetSearch search = new TargetSearch(from, target);
        int size = chain.next().size();
        walk.read(
                Math.max(Long.divideUnsigned(from.bytes(), size), chain.firstNumber()),
                Math.min(Long.divideUnsigned(until.bytes(), size), chain.lastNumber()),
                search,
                () -> search.found != null);
        return Optional.ofNullable(search.found);
    }

    @Override
    public void transactionEnded(TransactionEnd transaction) {
        if (target instanceof RecoveryTarget.Transaction(String xid) && transaction.xid() == Long.parseLong(xid)) {
            take(transaction.record());
        }
    }

    @Override
    public void restorePoint(RestorePoint point) {
        if (target instanceof RecoveryTarget.RestorePoint(String name)
                && point.name().equals(name)) {
            take(point.record());
        }
    }

    private void take(Lsn record) {
        if (found == null && !record.isBefore(from)) {
            found = record;
        }
    }

    @Override
    public void segmentEnded(SegmentSummary summary) {}
}

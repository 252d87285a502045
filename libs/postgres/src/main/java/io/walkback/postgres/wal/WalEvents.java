package io.walkback.postgres.wal;

import io.walkback.domain.Lsn;

/// What [WalRecordReader] finds, in order of position. Calls come from within [WalRecordReader#accept].
public interface WalEvents {
    /// A record was read whole and matches its CRC.
    ///
    /// @param record where it begins, a multiple of 8
    /// @param end    the first position after it
    default void recordRead(Lsn record, Lsn end) {}

    default void transactionEnded(TransactionEnd transaction) {}

    default void restorePoint(RestorePoint point) {}

    /// The last byte of a segment was read.
    void segmentEnded(SegmentSummary summary);
}

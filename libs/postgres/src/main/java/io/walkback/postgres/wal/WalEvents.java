package io.walkback.postgres.wal;

/// What [WalRecordReader] finds, in order of position. Calls come from within [WalRecordReader#accept].
public interface WalEvents {
    default void transactionEnded(TransactionEnd transaction) {}

    default void restorePoint(RestorePoint point) {}

    /// The last byte of a segment was read.
    void segmentEnded(SegmentSummary summary);
}

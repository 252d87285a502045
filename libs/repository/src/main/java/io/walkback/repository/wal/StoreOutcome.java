package io.walkback.repository.wal;

/// What became of WAL that was handed over. In both cases it is durable now.
public enum StoreOutcome {
    /// It was not there before.
    STORED,
    /// The same bytes were there already.
    ALREADY_THERE
}

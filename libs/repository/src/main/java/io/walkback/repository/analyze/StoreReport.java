package io.walkback.repository.analyze;

import java.util.List;

/// What trying a store out showed.
///
/// @param location   of the store
/// @param results    in the order of [Promise]
/// @param leftBehind blobs of the trial that could not be removed, because they are locked or may not be deleted
/// @param scratch    where those are
public record StoreReport(String location, List<Result> results, int leftBehind, String scratch) {
    public enum Verdict {
        KEPT,
        BROKEN,
        /// The store could not be asked.
        UNKNOWN
    }

    /// @param detail what was seen, in one line
    public record Result(Promise promise, Verdict verdict, String detail) {}

    public StoreReport {
        results = List.copyOf(results);
    }

    /// Whether every promise that backups need was kept.
    public boolean isTrusted() {
        return results.stream().noneMatch(result -> result.promise().isNeeded() && result.verdict() != Verdict.KEPT);
    }
}

package io.walkback.operations;

import io.walkback.domain.operation.OperationRecord;
import java.util.concurrent.CompletableFuture;

/// The writing side of the operation log. Thread-safe.
public interface OperationLog {
    /// Offers `record` to the log. The future ends when the brokers in sync have it, or with a
    /// [io.walkback.domain.RetryableException] when they did not take it in time; the record may stand in the log
    /// all the same.
    CompletableFuture<Void> append(OperationRecord record);
}

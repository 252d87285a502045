package io.walkback.operations;

import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationRecord;
import java.time.Duration;
import java.util.List;

/// The reading side of the operation log, for one thread.
public interface LogReader extends AutoCloseable {
    /// One record and where it stands.
    record Logged(OperationRecord record, Epoch place) {}

    /// Puts the snapshot into `fold` and stands where the log goes on after it. Throws when the log begins later
    /// than the snapshot ends, because what lies between is unknown.
    void begin(OperationFold fold);

    /// The next records, in the order of each partition; empty when none came within `timeout` or the broker is
    /// away. Throws when a record cannot be read: a log with a hole is no log.
    List<Logged> poll(Duration timeout);

    /// Whether every record that was there at the last look has been polled.
    boolean caughtUp();

    @Override
    void close();
}

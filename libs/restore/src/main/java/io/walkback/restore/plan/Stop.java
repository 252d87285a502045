package io.walkback.restore.plan;

import io.walkback.domain.Lsn;
import java.time.Instant;

/// Where PostgreSQL is told to stop. Each of them makes it fail rather than promote when the WAL ends first
/// (PostgreSQL 13 and newer), which is why the latest position is a position too.
public sealed interface Stop {
    /// `recovery_target = 'immediate'`.
    record Consistent() implements Stop {}

    /// `recovery_target_lsn`: a record begins there or later.
    ///
    /// @param inclusive recovery ends after that record, else before it
    record Position(Lsn lsn, boolean inclusive) implements Stop {
        public Position(Lsn lsn) {
            this(lsn, true);
        }
    }

    /// `recovery_target_time`: a transaction ends later than that in the WAL at hand.
    ///
    /// @param inclusive transactions that ended at this very moment are kept
    record Time(Instant time, boolean inclusive) implements Stop {
        public Time(Instant time) {
            this(time, true);
        }
    }
}

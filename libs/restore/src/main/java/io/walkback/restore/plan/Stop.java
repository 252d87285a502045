package io.walkback.restore.plan;

import io.walkback.domain.Lsn;
import java.time.Instant;

/// Where PostgreSQL is told to stop. Each of them makes it fail rather than promote when the WAL ends first
/// (PostgreSQL 13 and newer), which is why the latest position is a position too.
public sealed interface Stop {
    /// `recovery_target = 'immediate'`.
    record Consistent() implements Stop {}

    /// `recovery_target_lsn`, inclusive: a record begins there or later.
    record Position(Lsn lsn) implements Stop {}

    /// `recovery_target_time`, inclusive: a transaction ends later than that in the WAL at hand.
    record Time(Instant time) implements Stop {}
}

package io.walkback.domain.event;

import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The newest failure of something that is kept as state.
///
/// @param problem what went wrong
/// @param at when it failed
public record FailureState(Problem problem, Instant at) {
    public FailureState {
        at = at.truncatedTo(ChronoUnit.MICROS);
    }
}

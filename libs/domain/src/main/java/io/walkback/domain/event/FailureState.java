package io.walkback.domain.event;

import io.walkback.domain.FailureCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The newest failure of something that is kept as state.
///
/// @param code stable name of the fault, as FailureCode lists them
/// @param message the fact with its values; never a secret
/// @param hint what an operator does next
/// @param at when it failed
public record FailureState(FailureCode code, String message, String hint, Instant at) {
    public FailureState {
        at = at.truncatedTo(ChronoUnit.MICROS);
    }
}

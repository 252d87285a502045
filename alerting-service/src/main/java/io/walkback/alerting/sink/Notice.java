package io.walkback.alerting.sink;

import io.walkback.domain.event.AlertState;

/// What a sink is to tell.
///
/// @param alert the alert as it stands
/// @param action whether it begins or ends
public record Notice(AlertState alert, Action action) {
    /// What people learn.
    public enum Action {
        TRIGGER,
        RESOLVE
    }
}

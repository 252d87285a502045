package io.walkback.domain.retention;

import java.time.Duration;
import java.time.ZoneId;

/// How long what is kept.
///
/// @param window the recovery window: every moment of it that history covers stays reachable
/// @param rules what is kept beside it
/// @param zone in which days, weeks, months and years begin
public record RetentionPolicy(Duration window, KeepRules rules, ZoneId zone) {
    public RetentionPolicy {
        if (window.isNegative() || window.isZero()) {
            throw new IllegalArgumentException("a recovery window is longer than nothing, not " + window);
        }
    }
}

package io.walkback.domain.retention;

/// Why a backup stays or goes. Names are kept: the API and events carry them.
public enum Rule {
    // Kept whatever the policy says
    UNFINISHED,
    AWAITING_WAL,
    PINNED,
    HELD,
    LAST_GOOD,
    LAST_PROVEN,
    LAST_CLEAN,
    MINIMUM_REDUNDANCY,
    MINIMUM_AGE,

    // Kept by the policy
    RECOVERY_WINDOW,
    WINDOW_START,
    COUNT,
    AGE,
    DAILY,
    WEEKLY,
    MONTHLY,
    YEARLY,

    // Let go
    NO_RULE,
    FAILED,
    MARKED
}

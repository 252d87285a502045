package io.walkback.operations;

import java.time.Duration;

/// How long silence may last. Everything else follows from the lease, so that nobody can set heartbeats slower
/// than it.
///
/// @param lease silence after which an attempt is lost: 1 s to 1 h; 60 s in production, 3 s in tests
public record LeaseTimes(Duration lease) {
    public static final LeaseTimes PRODUCTION = new LeaseTimes(Duration.ofSeconds(60));

    public LeaseTimes {
        if (lease.compareTo(Duration.ofSeconds(1)) < 0 || lease.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("a lease is 1 s to 1 h, not " + lease);
        }
    }

    /// Six heartbeats fit into a lease, so that a few may be lost: every 10 s in production.
    public Duration heartbeat() {
        return lease.dividedBy(6);
    }

    /// How old the newest acknowledged heartbeat may be for a step that has no fence of its own: 30 s in
    /// production.
    public Duration renewalFence() {
        return lease.dividedBy(2);
    }

    /// How often the judge looks.
    public Duration judgement() {
        return lease.dividedBy(12);
    }

    /// Over how long bids for one operation are spread, so that not every worker bids at once: 3 s in production.
    public Duration bidSpread() {
        return lease.dividedBy(20);
    }

    /// How long a failed operation rests before its next attempt: longer with each one, at most a lease.
    public Duration rest(int attempts) {
        Duration rest = heartbeat().multipliedBy(Math.clamp(attempts, 1, 6));
        return rest.compareTo(lease) > 0 ? lease : rest;
    }
}

package io.walkback.operations;

import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationState;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// When this worker bids for what. Not thread-safe: belongs to the folding thread.
///
/// Bids are spread: an idle worker bids within a tenth of [LeaseTimes#bidSpread], a busy one waits longer, and
/// chance does the rest, so that a fleet does not write a claim each for every operation. A failed operation rests
/// before its next attempt.
final class Bids {
    private record Bid(OperationKind kind, int attempt, long dueNanos, boolean sent, long forgottenNanos) {}

    /// The part of the spread that is chance; the rest is load. A claim is in everybody's fold some 20 ms after it
    /// was written, so of a hundred idle workers some seven write one that comes too late within 300 ms, and
    /// nobody waits long.
    private static final double CHANCE = 0.1;

    private final LeaseTimes times;
    private final RandomGenerator random;
    private final Map<OperationId, Bid> bids = new HashMap<>();

    Bids(LeaseTimes times, RandomGenerator random) {
        this.times = times;
        this.random = random;
    }

    /// Whether it is time to bid for `operation`. The first call for an attempt only sets the time.
    ///
    /// @param load how busy this worker is with this kind, 0 to 1
    boolean isDue(Operation operation, double load, long nanos) {
        Bid bid = bids.get(operation.id());
        if (bid == null || bid.attempt() != operation.attempts() + 1) {
            double share = CHANCE * random.nextDouble() + (1 - CHANCE) * load;
            long wait = (long) (times.bidSpread().toNanos() * share);
            if (operation.state() instanceof OperationState.Open open && open.last() != null) {
                wait += times.rest(operation.attempts()).toNanos();
            }
            bids.put(operation.id(), new Bid(operation.kind(), operation.attempts() + 1, nanos + wait, false, 0));
            return false;
        }
        if (bid.sent() && nanos - bid.forgottenNanos() < 0) {
            return false;
        }
        return nanos - bid.dueNanos() >= 0;
    }

    /// A claim is on its way; nothing is heard of it for a lease: bid again.
    void sent(Operation operation, long nanos) {
        Bid bid = new Bid(
                operation.kind(),
                operation.attempts() + 1,
                nanos,
                true,
                nanos + times.lease().toNanos());
        bids.put(operation.id(), bid);
    }

    /// The claim stands in the log, won or not.
    void answered(OperationId id) {
        bids.remove(id);
    }

    /// Claims on their way: each may need a slot in a moment.
    long outstanding(OperationKind kind) {
        return bids.values().stream()
                .filter(bid -> bid.sent() && bid.kind() == kind)
                .count();
    }

    void keepOnly(Set<OperationId> claimable) {
        bids.keySet().retainAll(claimable);
    }
}

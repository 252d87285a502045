package io.walkback.operations;

import io.walkback.domain.operation.Epoch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts the silence of each held attempt. Not thread-safe.
///
/// Silence counts only while the judge itself hears: a stretch in which it was not at the end of the heartbeats, in
/// which the broker did not answer, or in which the judge itself stood still for longer than a heartbeat, takes all
/// counts back to zero. So neither an outage nor a suspended machine ever costs a living worker its claim.
final class LeaseJudge {
    private final long leaseNanos;
    private final long standstillNanos;
    private final Map<Epoch, Long> silence = new HashMap<>();
    private long lastNanos;
    private boolean hearing;

    LeaseJudge(LeaseTimes times) {
        this.leaseNanos = times.lease().toNanos();
        this.standstillNanos = times.lease().dividedBy(3).toNanos();
    }

    /// The holder of `epoch` is alive.
    void heard(Epoch epoch) {
        silence.computeIfPresent(epoch, (_, _) -> 0L);
    }

    /// Moves time on and names the attempts that were silent for a whole lease. Each is named again until it is no
    /// longer held, because writing the verdict can fail.
    ///
    /// @param held every attempt that the log says is held now
    /// @param nanos a monotonic clock
    /// @param listening whether, since the last call, the judge was at the end of the heartbeats and the broker
    /// answered
    List<Epoch> tick(Collection<Epoch> held, long nanos, boolean listening) {
        long elapsed = nanos - lastNanos;
        boolean counts = hearing && listening && elapsed <= standstillNanos;
        lastNanos = nanos;
        hearing = listening;
        silence.keySet().retainAll(held);
        List<Epoch> lost = new ArrayList<>();
        for (Epoch epoch : held) {
            long silent = counts ? silence.getOrDefault(epoch, 0L) + elapsed : 0L;
            silence.put(epoch, silent);
            if (silent >= leaseNanos) {
                lost.add(epoch);
            }
        }
        return lost;
    }

    /// How long `epoch` has been silent, as far as it counts.
    Duration silenceOf(Epoch epoch) {
        return Duration.ofNanos(silence.getOrDefault(epoch, 0L));
    }
}

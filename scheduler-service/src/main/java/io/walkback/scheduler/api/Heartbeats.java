package io.walkback.scheduler.api;

import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import java.util.Map;

/// Where the newest heartbeat of each held attempt can be had.
@FunctionalInterface
public interface Heartbeats {
    Map<Epoch, Heartbeat> latest();
}

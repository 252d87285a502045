package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;

/// Where a physical slot stands.
///
/// @param restart  the oldest WAL that the server keeps for the slot
/// @param timeline the timeline of `restart`
public record SlotPosition(Lsn restart, TimelineId timeline) {}

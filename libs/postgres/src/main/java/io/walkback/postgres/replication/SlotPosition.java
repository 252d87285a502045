package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import org.jspecify.annotations.Nullable;

/// Where a physical slot stands.
///
/// @param restart  the oldest WAL that the server keeps for the slot, null while it reserves none
/// @param timeline the timeline of `restart`, null with it
public record SlotPosition(@Nullable Lsn restart, @Nullable TimelineId timeline) {}

package io.walkback.client;

import org.jspecify.annotations.Nullable;

/// Asks for a rehearsal. At most one of the target fields is set; none: latest.
///
/// @param choice       `newest` or `random`; null with a `backupId`, else newest
/// @param target       `latest` or `immediate`
/// @param targetTime   RFC 3339 with its zone
/// @param randomWindow such as `7d`: recovery ends at a moment drawn from the last so much time
public record DrillForm(
        @Nullable String database,
        @Nullable String backupId,
        @Nullable String choice,
        @Nullable String target,
        @Nullable String targetTime,
        @Nullable String targetLsn,
        @Nullable String randomWindow) {}

package io.walkback.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rehearsal. Everything from `verdict` to `reportDigest` is null or empty unless it came to its end.
///
/// @param state    as of an operation
/// @param openedAt null for one of long ago
/// @param verdict  `PROVEN`, `FAILED` or `UNPROVEN`
/// @param problem  why it was not carried out
public record DrillView(
        String id,
        String database,
        String state,
        @Nullable Instant openedAt,
        @Nullable Instant endedAt,
        @Nullable String backupId,
        @Nullable String verdict,
        @Nullable String reason,
        @Nullable String object,
        @Nullable Long rtoMillis,
        @Nullable Long rpoMillis,
        Map<String, Double> phaseSeconds,
        @Nullable Long proofMillis,
        @Nullable Long bytes,
        @Nullable Long walBytes,
        @Nullable Instant reachedTime,
        @Nullable String isolation,
        @Nullable String host,
        @Nullable String reportDigest,
        OperationView.@Nullable Problem problem) {}

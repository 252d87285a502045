package io.walkback.client;

import org.jspecify.annotations.Nullable;

/// A request that was written durably.
///
/// @param backupId  the backup to be made, read or verified; null where the plan chooses it
/// @param operation null when the service did not see it within its 5 s
public record Accepted(
        String operationId,
        @Nullable String backupId,
        String location,
        @Nullable OperationView operation) {}

package io.walkback.domain.plan;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a directory holds before a restore, by its own files. Null is what they do not tell.
///
/// @param system        system identifier in `pg_control`
/// @param major         in `PG_VERSION`
/// @param state         of the server, as `pg_controldata` prints it
/// @param checkpoint    position of its last checkpoint; whatever it committed after that is later
/// @param checkpointAt  when that began
/// @param timeline      of that checkpoint
/// @param bytes         of its files, tablespaces not counted
public record PresentCluster(
        @Nullable String system,
        @Nullable Integer major,
        @Nullable String state,
        @Nullable String checkpoint,
        @Nullable Instant checkpointAt,
        @Nullable Long timeline,
        long bytes) {}

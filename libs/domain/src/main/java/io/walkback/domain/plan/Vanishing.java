package io.walkback.domain.plan;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What was committed after the target, which the restored copy will not have.
///
/// It stays in the repository, on the timeline it is on. What a server committed and nobody has brought into the
/// repository is not counted.
///
/// @param commits how many of them the repository has; null: too many to count, or there is WAL that cannot be read
/// @param first   time of the first; null: there is none, or it was not found
/// @param last    time of the last that the repository has; null likewise
/// @param upTo    the WAL in the repository reaches to here
/// @param text    the same in words, with what is not known
public record Vanishing(
        @Nullable Long commits,
        @Nullable Instant first,
        @Nullable Instant last,
        String upTo,
        String text) {}

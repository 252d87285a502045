package io.walkback.domain.window;

import io.walkback.domain.SystemIdentifier;
import java.time.Instant;

/// A completed physical backup that is kept.
///
/// @param system the cluster that was copied
/// @param completedAt by the clock of the worker that made it; no commit before its end is later
/// @param sizeBytes plain bytes of all files
public record KeptBackup(SystemIdentifier system, Base base, Instant completedAt, long sizeBytes) {}

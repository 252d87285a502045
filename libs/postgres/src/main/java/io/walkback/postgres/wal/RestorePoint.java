package io.walkback.postgres.wal;

import io.walkback.domain.Lsn;
import java.time.Instant;

/// What `pg_create_restore_point` left, a target by name.
///
/// @param record where its record begins
/// @param end    the first position after it
public record RestorePoint(Lsn record, Lsn end, String name, Instant time) {}

package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;

/// What the server says once everything was sent.
///
/// @param start    REDO position, as in [BaseBackupStart]
/// @param stop     WAL is needed up to here before the copy is consistent
/// @param timeline the timeline of `stop`, the same as that of `start`
public record BaseBackupEnd(Lsn start, Lsn stop, TimelineId timeline) {}

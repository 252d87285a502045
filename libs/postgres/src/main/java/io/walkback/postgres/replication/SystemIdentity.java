package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;

/// What `IDENTIFY_SYSTEM` says.
///
/// @param flushed the end of the WAL that the server has on disk; on a standby, of what it can send on
public record SystemIdentity(SystemIdentifier identifier, TimelineId timeline, Lsn flushed) {}

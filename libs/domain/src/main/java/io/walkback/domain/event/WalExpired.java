package io.walkback.domain.event;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.OperationId;

/// WAL that no kept backup needs is being removed from the repository; told before it is deleted, so that nobody
/// counts on what is gone.
///
/// @param header id, database, time and version of this record
/// @param operationId the expiry that removes it
/// @param systemIdentifier the cluster that wrote it
/// @param timeline timeline of the segments
/// @param fromLsn first byte that goes
/// @param toLsn first byte after what goes
public record WalExpired(
        EventHeader header,
        OperationId operationId,
        SystemIdentifier systemIdentifier,
        TimelineId timeline,
        Lsn fromLsn,
        Lsn toLsn)
        implements Event {}

package io.walkback.domain.event;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;

/// A hole in the WAL is filled, or a newer backup has made it harmless.
///
/// @param header id, database, time and version of this record
/// @param gapId identifies the hole
/// @param systemIdentifier the cluster
/// @param timeline timeline of the hole
/// @param fromLsn first byte that was missing
/// @param toLsn first byte after the hole
/// @param action what closed it
public record WalGapClosed(
        EventHeader header,
        String gapId,
        SystemIdentifier systemIdentifier,
        TimelineId timeline,
        Lsn fromLsn,
        Lsn toLsn,
        GapAction action)
        implements Event {}

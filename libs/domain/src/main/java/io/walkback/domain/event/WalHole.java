package io.walkback.domain.event;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// WAL of one timeline that is not in the repository, and why.
///
/// @param gapId identifies it; of a declared gap the id of its events
/// @param systemIdentifier the cluster
/// @param timeline timeline of the hole
/// @param fromLsn first missing byte
/// @param toLsn first byte that is there again
/// @param cause what made it
/// @param since when it was declared
/// @param status what it means
public record WalHole(
        String gapId,
        SystemIdentifier systemIdentifier,
        TimelineId timeline,
        Lsn fromLsn,
        Lsn toLsn,
        String cause,
        Instant since,
        HoleStatus status) {
    public WalHole {
        since = since.truncatedTo(ChronoUnit.MICROS);
    }

    /// Whether its WAL was in the repository, and somebody or something removed it that is not retention.
    public boolean isRemoval() {
        return gapId.startsWith(WalGapDetected.REMOVED);
    }

    public WalHole with(HoleStatus now) {
        return new WalHole(gapId, systemIdentifier, timeline, fromLsn, toLsn, cause, since, now);
    }
}

package io.walkback.domain.retention;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.time.Instant;

/// WAL that is stored without a hole.
///
/// @param from first byte
/// @param to first byte after it
/// @param newestAt when its newest segment was stored
public record WalExtent(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to, Instant newestAt) {}

package io.walkback.scheduler;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Facts about the WAL of the cluster of [Samples#facts], whose backup lies in segment 5.
public final class WalSamples {
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(42);
    private static final int SIZE = 16 << 20;

    private WalSamples() {}

    public static Lsn lsn(long segment) {
        return new Lsn(segment * SIZE);
    }

    public static WalSegmentArchived archived(String database, long number, @Nullable Instant commit, Instant at) {
        WalSegment segment = new WalSegment(TimelineId.FIRST, number, SIZE);
        return new WalSegmentArchived(
                new EventHeader(UUID.randomUUID(), new DatabaseId(database), at, null),
                SYSTEM,
                TimelineId.FIRST,
                segment.fileName(),
                segment.start(),
                segment.end(),
                1000,
                "00",
                WalSource.STREAM,
                commit,
                commit,
                List.of());
    }

    public static WalGapDetected gap(String database, long from, long to, Instant at) {
        return new WalGapDetected(
                new EventHeader(UUID.randomUUID(), new DatabaseId(database), at, null),
                "42/1/" + lsn(from),
                SYSTEM,
                TimelineId.FIRST,
                lsn(from),
                lsn(to),
                "slot lost",
                null,
                null,
                GapAction.NONE);
    }
}

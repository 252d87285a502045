package io.walkback.catalog.projection;

import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.operation.Facts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a backup has copied, pages or rows.
///
/// @param startedAt when the attempt that made it began
record Copy(BackupExtent extent, Instant startedAt) {
    /// Null for what is no backup.
    static @Nullable Copy of(Facts facts) {
        return switch (facts) {
            case Facts.BackedUp backedUp -> new Copy(extent(backedUp), backedUp.startedAt());
            case Facts.Dumped dumped -> new Copy(extent(dumped), dumped.startedAt());
            case Facts.Restored _, Facts.Planned _, Facts.Verified _, Facts.Rehearsed _, Facts.Expired _ -> null;
        };
    }

    static BackupExtent extent(Facts.BackedUp facts) {
        return new BackupExtent(
                facts.start(),
                facts.stop(),
                facts.timeline(),
                facts.system(),
                facts.serverVersion(),
                facts.walSegmentSize(),
                facts.sizeBytes(),
                facts.storedBytes(),
                facts.manifestDigest(),
                facts.pageChecksumErrors());
    }

    static BackupExtent extent(Facts.Dumped facts) {
        return new BackupExtent(
                facts.start(),
                facts.stop(),
                facts.timeline(),
                facts.system(),
                facts.serverVersion(),
                facts.walSegmentSize(),
                facts.sizeBytes(),
                facts.storedBytes(),
                facts.manifestDigest(),
                0);
    }
}

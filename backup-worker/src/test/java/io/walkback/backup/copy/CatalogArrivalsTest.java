package io.walkback.backup.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationRecord;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CatalogArrivalsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

    @Test
    void saysInTheLogWhatTheCatalogKnowsAndThatThereAreTwo() {
        // When
        OperationRecord.Found physical = CatalogArrivals.record(entry(BackupType.PHYSICAL, extent()), NOW)
                .orElseThrow();
        OperationRecord.Found logical =
                CatalogArrivals.record(entry(BackupType.LOGICAL, extent()), NOW).orElseThrow();
        // Then
        assertThat(physical.copies()).isEqualTo(2);
        assertThat(physical.complete()).isTrue();
        assertThat(physical.operation()).hasToString("b1");
        assertThat(physical.backup()).contains(new BackupId("b1"));
        assertThat(physical.facts()).isInstanceOfSatisfying(Facts.BackedUp.class, facts -> {
            assertThat(facts.manifestDigest()).isEqualTo("sha256:00");
            assertThat(facts.pageChecksumErrors()).isEqualTo(2);
            assertThat(facts.start()).isEqualTo(new Lsn(1));
        });
        assertThat(logical.facts()).isInstanceOf(Facts.Dumped.class);
    }

    @Test
    void saysNothingOfWhatWasNeverCopied() {
        assertThat(CatalogArrivals.record(entry(BackupType.PHYSICAL, null), NOW))
                .isEmpty();
    }

    private static BackupExtent extent() {
        return new BackupExtent(
                new Lsn(1),
                new Lsn(2),
                TimelineId.FIRST,
                new SystemIdentifier(7),
                150_019,
                1 << 20,
                100,
                10,
                "sha256:00",
                2);
    }

    private static BackupCatalogEntry entry(BackupType type, @Nullable BackupExtent extent) {
        return new BackupCatalogEntry(
                new EventHeader(new UUID(0, 1), new DatabaseId("shop"), NOW, 3L),
                new BackupId("b1"),
                type,
                BackupStatus.COMPLETED,
                "anne",
                NOW,
                Map.of(),
                1,
                extent,
                NOW,
                NOW,
                null,
                null,
                null,
                null,
                1);
    }
}

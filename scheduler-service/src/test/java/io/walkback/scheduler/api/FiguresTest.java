package io.walkback.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.scheduler.Samples;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");

    private static boolean protects(BackupType type, BackupStatus status, Instant oldest) {
        return Figures.protects(Samples.backup("shop", "b", type, status, NOW), oldest);
    }

    @Test // P10
    void onlyACompletedPhysicalBackupProtects() {
        Instant before = NOW.minusSeconds(1);
        assertThat(protects(BackupType.PHYSICAL, BackupStatus.COMPLETED, before))
                .isTrue();
        assertThat(protects(BackupType.PHYSICAL, BackupStatus.COMPLETED, NOW)).isFalse();
        assertThat(protects(BackupType.PHYSICAL, BackupStatus.FAILED, before)).isFalse();
        assertThat(protects(BackupType.LOGICAL, BackupStatus.COMPLETED, before)).isFalse();
    }
}

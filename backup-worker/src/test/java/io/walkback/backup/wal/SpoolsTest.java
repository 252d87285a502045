package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files that segments wait in, for as long as an attempt lasts.
class SpoolsTest {
    @Test // an interrupt closes the channel of whoever reads; five of them ended reception for good
    void everyFileIsThereAgainAfterItsReaderWasInterrupted(@TempDir Path directory) throws Exception {
        try (Spools spools = new Spools(directory.resolve("shop.segment"))) {
            for (int i = 0; i < 2 * Spools.FILES; i++) {
                // Given
                SegmentSpool broken = spools.take();
                broken.append(new byte[] {1, 2, 3}, 0, 3);
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> broken.read(0, 3)).hasMessageContaining("cannot be used");
                assertThat(Thread.interrupted()).isTrue();
                spools.giveBack(broken);
            }
            for (int i = 0; i < Spools.FILES; i++) {
                // When
                SegmentSpool again = Objects.requireNonNull(spools.take(Duration.ofSeconds(10)));
                again.append(new byte[] {7, 8}, 0, 2);
                // Then
                assertThat(again.read().readAllBytes()).containsExactly(7, 8);
            }
        }
    }
}

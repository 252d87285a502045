package io.walkback.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.blob.BlobWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoverSweepTest {
    @TempDir
    private Path directory;

    @Test // pitfall 64
    void removesWhatIsOlderThanAnyBackupRunsAndNothingElse() throws IOException {
        try (BlobStore store = BlobStores.create(directory.toUri());
                BlobWriter dead = store.newWriter(new BlobKey("packs/1"))) {
            // Given
            dead.write(new byte[10], 0, 10);
            Clock now = Clock.systemUTC();
            // When
            sweep(store, Clock.offset(now, LeftoverSweep.AGE.minus(Duration.ofHours(1))));
            // Then
            assertThat(leftovers()).isEqualTo(1);
            // When
            sweep(store, Clock.offset(now, LeftoverSweep.AGE.plus(Duration.ofHours(1))));
            // Then
            assertThat(leftovers()).isZero();
        }
    }

    @Test
    void aStoreThatCannotBeSweptIsNoFault() throws IOException {
        try (BlobStore store = BlobStores.create(directory.toUri())) {
            Files.delete(directory.resolve(".walkback-store"));
            Files.delete(directory.resolve(".tmp"));
            Files.writeString(directory.resolve(".tmp"), "not a directory");
            assertThatCode(() -> sweep(store, Clock.systemUTC())).doesNotThrowAnyException();
        }
    }

    private static void sweep(BlobStore store, Clock clock) {
        try (LeftoverSweep sweep = new LeftoverSweep(store, clock)) {
            sweep.sweep();
        }
    }

    private long leftovers() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(".tmp"))) {
            return files.count();
        }
    }
}

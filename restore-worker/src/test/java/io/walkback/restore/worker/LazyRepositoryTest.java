package io.walkback.restore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.seal.KeyFile;
import io.walkback.restore.SmallRepository;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LazyRepositoryTest {
    @TempDir
    Path folder;

    @Test
    void aWorkerWithoutTheKeyIsRefusedAtItsStart() {
        // Given
        Path key = folder.resolve("repository.key");
        Repository.init(BlobStores.create(SmallRepository.url(folder)), Clock.systemUTC(), KeyFile.create(key))
                .close();
        // When, then
        try (LazyRepository without = lazy("", "");
                LazyRepository with = lazy("file:" + key, "");
                LazyRepository elsewhere =
                        new LazyRepository(folder.resolve("none").toUri(), settings("", ""), Clock.systemUTC())) {
            assertThatThrownBy(without::requireKey)
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining("is encrypted, and no key was given");
            with.requireKey();
            assertThat(with.get().vault()).isPresent();
            elsewhere.requireKey();
        }
        assertThatThrownBy(() -> settings("file:" + key, "off")).hasMessageContaining("WALKBACK_ENCRYPTION is off");
    }

    private LazyRepository lazy(String key, String encryption) {
        return new LazyRepository(SmallRepository.url(folder), settings(key, encryption), Clock.systemUTC());
    }

    private static EncryptionSettings settings(String key, String encryption) {
        return EncryptionSettings.of(key, encryption);
    }

    @Test
    void isOpenedWhenTheFirstBackupHasMadeItAndNotMadeHere() {
        try (LazyRepository lazy = lazy("", "")) {
            // Given
            assertThatThrownBy(lazy::get).isInstanceOf(PlatformException.class);
            assertThat(folder).isEmptyDirectory();
            // When
            SmallRepository.in(folder).close();
            // Then
            Repository open = lazy.get();
            assertThat(lazy.get()).isSameAs(open);
        }
    }
}

package io.walkback.restore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.PlatformException;
import io.walkback.repository.Repository;
import io.walkback.restore.SmallRepository;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LazyRepositoryTest {
    @TempDir
    Path folder;

    @Test
    void isOpenedWhenTheFirstBackupHasMadeItAndNotMadeHere() {
        try (LazyRepository lazy = new LazyRepository(SmallRepository.url(folder), Clock.systemUTC())) {
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

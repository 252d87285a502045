package io.walkback.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.seal.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryKeyTest {
    @TempDir
    Path directory;

    private final List<String> told = new ArrayList<>();

    @Test
    void theFirstStartMakesAKeyAndSaysSoAndTheNextOnesUseIt() {
        // When
        Optional<String> first = key(Map.of(), "repository");
        Optional<String> second = key(Map.of(), "another-repository");
        // Then
        Path file = directory.resolve("data/keys/repository.key");
        assertThat(first).contains("file:" + file).isEqualTo(second);
        assertThat(told)
                .singleElement()
                .asString()
                .contains(KeyFile.read(file).current().hex(), "keep a copy of that file on another machine");
    }

    @Test
    void anEncryptedRepositoryWithoutItsKeyIsRefusedAndNoKeyIsMade() throws IOException {
        // Given
        Path place = directory.resolve("data/repository");
        Repository.init(
                        BlobStores.create(place.toUri()),
                        Clock.systemUTC(),
                        KeyFile.create(directory.resolve("elsewhere.key")))
                .close();
        // When, then
        assertThatThrownBy(() -> key(Map.of(), "repository"))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.KEY_UNAVAILABLE));
        assertThat(directory.resolve("data/keys")).doesNotExist();
        assertThat(Files.exists(place)).isTrue();
    }

    @Test
    void anOlderRepositoryInPlainTextStaysSo() {
        // Given
        Repository.init(BlobStores.create(directory.resolve("data/repository").toUri()), Clock.systemUTC())
                .close();
        // When, then
        assertThat(key(Map.of(), "repository")).isEmpty();
        assertThat(told).singleElement().asString().contains("made without encryption");
    }

    @Test
    void whatTheSettingsSayIsLeftToThem() {
        assertThat(key(Map.of("WALKBACK_KEY", "file:/etc/k"), "repository")).isEmpty();
        assertThat(key(Map.of("WALKBACK_ENCRYPTION", "off"), "repository")).isEmpty();
        assertThat(directory.resolve("data/keys")).doesNotExist();
    }

    @Test
    void noKeyIsKeptInsideTheRepository() {
        assertThatThrownBy(() -> key(Map.of(), "")).hasMessageContaining("inside the repository");
        assertThat(directory.resolve("data/keys")).doesNotExist();
    }

    private Optional<String> key(Map<String, String> settings, String repository) {
        try (DataFolder data = DataFolder.open(directory.resolve("data"))) {
            return RepositoryKey.of(Settings.of(settings), data, RepositoryUrl.of(data.resolve(repository)), told::add);
        }
    }
}

package io.walkback.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.seal.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryCheckTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(7);

    @TempDir
    private Path folder;

    private RepositoryCheck check(Path place) {
        return check(place, "");
    }

    private static RepositoryCheck check(Path place, String key) {
        return new RepositoryCheck(Optional.of(place.toUri()), EncryptionSettings.of(key, ""), Clock.systemUTC());
    }

    private Path repository() {
        Path place = folder.resolve("repo");
        try (Repository repository = Repository.init(BlobStores.create(place.toUri()), Clock.systemUTC())) {
            repository.forWriting(SHOP, SYSTEM, new ClusterGeometry(16 << 20, 8192));
        }
        return place;
    }

    @Test
    void findsARepositoryOfTheSameCluster() {
        CheckResult result = check(repository()).look(SHOP, Optional.of(SYSTEM));
        assertThat(result.status()).isEqualTo(CheckStatus.OK);
        assertThat(result.seen()).contains("0 backups").contains("not encrypted");
    }

    @Test
    void opensAnEncryptedRepositoryWithItsKeyOnly() {
        // Given
        Path place = folder.resolve("sealed");
        Path key = folder.resolve("repository.key");
        Repository.init(BlobStores.create(place.toUri()), Clock.systemUTC(), KeyFile.create(key))
                .close();
        // When, then
        CheckResult with = check(place, "file:" + key).look(SHOP, Optional.empty());
        assertThat(with.status()).isEqualTo(CheckStatus.OK);
        assertThat(with.seen()).endsWith("0 backups of it, encrypted");
        assertThat(check(place, "").look(SHOP, Optional.empty()).code()).isEqualTo(FailureCode.KEY_UNAVAILABLE);
    }

    @Test // pitfall 8
    void refusesARepositoryThatKnowsAnotherClusterUnderTheName() {
        CheckResult result = check(repository()).look(SHOP, Optional.of(new SystemIdentifier(8)));
        assertThat(result.code()).isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH);
        assertThat(result.remedy()).contains("--system-identifier 8");
    }

    @Test
    void warnsOfPermissionsThatAreTooWide() throws IOException {
        // Given
        Path place = repository();
        try (var files = Files.walk(place)) {
            Path any = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            Files.setPosixFilePermissions(any, PosixFilePermissions.fromString("rw-r--r--"));
        }
        // When
        CheckResult result = check(place).look(SHOP, Optional.empty());
        // Then
        assertThat(result.status()).isEqualTo(CheckStatus.WARNING);
        assertThat(result.seen()).contains("rw-r--r--");
        assertThat(result.remedy()).isEqualTo("chmod -R go-rwx '" + place + "'");
    }

    @Test
    void tellsAMissingRepositoryFromOneThatItCannotSee() {
        assertThat(check(folder.resolve("none")).look(SHOP, Optional.empty()).code())
                .isEqualTo(FailureCode.STORE_MISSING);
        assertThat(new RepositoryCheck(Optional.empty(), EncryptionSettings.of("", ""), Clock.systemUTC())
                        .look(SHOP, Optional.empty())
                        .status())
                .isEqualTo(CheckStatus.SKIPPED);
    }
}

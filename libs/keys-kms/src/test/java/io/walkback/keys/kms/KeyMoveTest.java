package io.walkback.keys.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.KeyRotation;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.seal.DataKey;
import io.walkback.repository.seal.KeyEncryptions;
import io.walkback.repository.seal.KeyFile;
import io.walkback.repository.seal.KeyPlace;
import io.walkback.testkit.kms.FakeKms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A repository's way from a key file to KMS and back, by the settings that services and commands take, and with
/// the SDK's own search for credentials.
class KeyMoveTest {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private FakeKms kms;

    @BeforeAll
    static void giveCredentials() {
        System.setProperty("aws.accessKeyId", "AKIAEXAMPLE");
        System.setProperty("aws.secretAccessKey", "fake-secret");
    }

    @AfterAll
    static void takeCredentialsAway() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @BeforeEach
    void startKms() throws IOException {
        kms = FakeKms.start();
    }

    @AfterEach
    void stopKms() {
        kms.close();
    }

    private Repository open(String keys) {
        BlobStore store = BlobStores.create(folder.resolve("repository").toUri());
        return EncryptionSettings.of(keys, "").openOrMake(store, CLOCK);
    }

    private static LineageRepository lineage(Repository repository) {
        return repository.forWriting(
                new DatabaseId("shop"),
                new SystemIdentifier(7_300_000_000_000_000_001L),
                new ClusterGeometry(16 << 20, 8192));
    }

    private static KeyPlace place(Repository repository, int attempt) {
        return lineage(repository).lineage().key(new UUID(9, attempt));
    }

    private DataKey obtain(String keys, int attempt) {
        try (Repository repository = open(keys)) {
            return repository.vault().orElseThrow().obtain(place(repository, attempt));
        }
    }

    private DataKey find(String keys, int attempt) {
        try (Repository repository = open(keys)) {
            return repository.vault().orElseThrow().find(place(repository, attempt));
        }
    }

    private KeyRotation.Result rotate(String keys) {
        try (Repository repository = open(keys)) {
            return new KeyRotation(repository).run(_ -> {});
        }
    }

    @Test
    void aRepositoryMovesFromAFileToKmsAndBackWithoutAPause() {
        // Given
        Path keyFile = folder.resolve("repository.key");
        KeyFile.create(keyFile);
        String file = "file:" + keyFile;
        String service = kms.setting(kms.createKey("eu-central-1", "1234abcd"));
        DataKey old = obtain(file, 1);
        // When: keys are rotated, workers get both, keys are rotated again, workers get the new one alone.
        KeyRotation.Result first = rotate(service + ", " + file);
        DataKey meanwhile = obtain(file + "," + service, 2);
        DataKey moving = obtain(service + "," + file, 3);
        KeyRotation.Result second = rotate(service + "," + file);
        // Then
        assertThat(first.keys()).isEqualTo(2);
        assertThat(first.added()).isEqualTo(2);
        assertThat(second.added())
                .as("what was written under the file's key meanwhile")
                .isEqualTo(1);
        assertThat(find(service, 1)).isEqualTo(old);
        assertThat(find(service, 2)).isEqualTo(meanwhile);
        assertThat(find(service, 3)).isEqualTo(moving);
        assertThat(rotate(service).added()).isZero();
        assertThatThrownBy(() -> find(file, 3))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("arn:aws:kms:eu-central-1:111122223333:key/1234abcd");
        // And back
        assertThat(rotate(file + "," + service).added()).isEqualTo(1);
        kms.close();
        assertThat(find(file, 3)).isEqualTo(moving);
    }

    @Test
    void aRepositoryIsMadeUnderAKeyOfKmsAndOpenedByItAlone() {
        // Given
        String service = kms.setting(kms.createKey("eu-central-1", "1234abcd"));
        // When
        DataKey key = obtain(service, 1);
        // Then
        assertThat(find(service, 1)).isEqualTo(key);
        assertThatThrownBy(() -> open(""))
                .isInstanceOfSatisfying(OperatorActionException.class, without -> assertThat(without.code())
                        .isEqualTo(FailureCode.KEY_UNAVAILABLE));
    }

    @Test
    void oneOfSeveralKeysThatCannotBeHadIsSaidAtOnce() {
        String service = kms.setting(kms.createKey("eu-central-1", "1234abcd"));
        assertThatThrownBy(() -> KeyEncryptions.open(service + ",file:" + folder.resolve("none")))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("is not there");
        assertThat(KeyEncryptions.file("file:/a,aws-kms://eu-west-1/k")).isEmpty();
        assertThat(KeyEncryptions.file("file:/a,b")).contains(Path.of("/a,b"));
    }
}

package io.walkback.keys.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.seal.DataKey;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.KeyPlace;
import io.walkback.repository.seal.KeyVault;
import io.walkback.testkit.kms.FakeKms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// KMS down or key disabled at backup or restore: a clear error naming the key, no fallback to plain text.
class F56KeyServiceFaultTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T02:00:00Z"), ZoneOffset.UTC);
    private static final UUID ATTEMPT = new UUID(5, 6);

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private FakeKms kms;

    @SuppressWarnings("NullAway.Init")
    private String arn;

    @BeforeEach
    void startKms() throws IOException {
        kms = FakeKms.start();
        arn = kms.createKey("eu-central-1", "1234abcd");
    }

    @AfterEach
    void stopKms() {
        kms.close();
    }

    private BlobStore store() {
        return BlobStores.create(folder.resolve("repository").toUri());
    }

    private static LineageRepository lineage(Repository repository) {
        return repository.forWriting(
                new DatabaseId("shop"),
                new SystemIdentifier(7_300_000_000_000_000_001L),
                new ClusterGeometry(16 << 20, 8192));
    }

    private static KeyVault vault(LineageRepository lineage) {
        return lineage.lineage().vault().orElseThrow();
    }

    private List<String> objects() {
        List<String> names = new ArrayList<>();
        try (BlobStore store = store();
                BlobListing<BlobEntry> listing = store.list(BlobPrefix.ROOT)) {
            listing.forEachRemaining(entry -> names.add(entry.key().value()));
        }
        return names;
    }

    @Test
    void aBackupWhoseKeyWasDisabledFailsWithTheKeysNameAndWritesNothing() {
        // Given
        try (Repository repository = Repository.init(store(), CLOCK, Kms.open(kms, arn))) {
            LineageRepository lineage = lineage(repository);
            List<String> before = objects();
            kms.state(arn, "Disabled");
            // When
            OperatorActionException failed =
                    catchThrowableOfType(OperatorActionException.class, () -> lineage.newBackup(
                                    new BackupId("b1"),
                                    ATTEMPT,
                                    Optional.empty(),
                                    Set.of(),
                                    new BackupSettings(2, 3, folder))
                            .close());
            // Then
            assertThat(failed.code()).isEqualTo(FailureCode.KEY_UNAVAILABLE);
            assertThat(failed.getMessage()).contains(arn, "DisabledException", "request-of-the-fake");
            assertThat(failed.hint()).contains("aws kms enable-key --key-id " + arn);
            assertThat(objects()).isEqualTo(before);
        }
    }

    @Test
    void aRestoreWhoseKeyWaitsForItsDeletionIsToldHowToSaveIt() {
        // Given
        KeyPlace place;
        try (Repository repository = Repository.init(store(), CLOCK, Kms.open(kms, arn))) {
            place = lineage(repository).lineage().key(ATTEMPT);
            vault(lineage(repository)).obtain(place);
        }
        Repository opened = Repository.open(store(), CLOCK, Optional.of(Kms.open(kms, arn)));
        // When
        kms.state(arn, "PendingDeletion");
        // Then: who is at work, and who begins.
        try (opened) {
            assertThatThrownBy(() -> vault(lineage(opened)).find(place))
                    .isInstanceOfSatisfying(OperatorActionException.class, this::tellsHowToSaveIt)
                    .hasMessageContaining("KMSInvalidStateException");
        }
        assertThatThrownBy(() -> Kms.open(kms, arn))
                .isInstanceOfSatisfying(OperatorActionException.class, this::tellsHowToSaveIt)
                .hasMessageContaining("PendingDeletion");
    }

    private void tellsHowToSaveIt(OperatorActionException failed) {
        assertThat(failed.code()).isEqualTo(FailureCode.KEY_UNAVAILABLE);
        assertThat(failed.getMessage()).contains(arn);
        assertThat(failed.hint()).contains("cancel-key-deletion --key-id " + arn);
    }

    @Test
    void whoMayWrapAndNotOpenIsRefusedBeforeAnythingIsSealed() {
        // Given: a policy that forgot kms:Decrypt.
        try (Repository repository = Repository.init(store(), CLOCK, Kms.open(kms, arn))) {
            KeyVault vault = vault(lineage(repository));
            KeyPlace place = lineage(repository).lineage().key(ATTEMPT);
            kms.deny(arn, "Decrypt");
            // When, then
            assertThatThrownBy(() -> vault.obtain(place))
                    .isInstanceOfSatisfying(OperatorActionException.class, denied -> assertThat(denied.hint())
                            .contains("docs/security/kms-key-policy.json"))
                    .hasMessageContaining("AccessDeniedException")
                    .hasMessageContaining(arn);
        }
    }

    @Test
    void throttlingPassesAndOneThatDoesNotIsRetryable() {
        // Given
        try (KeyEncryption keys = Kms.open(kms, arn)) {
            for (String code : List.of("ThrottlingException", "KMSInternalException", "KeyUnavailableException")) {
                kms.fail(Kms.ATTEMPTS - 1, code.startsWith("KMS") ? 500 : 400, code);
                // When, then
                assertThat(keys.wrap(DataKey.random(), Kms.CONTEXT).keyName()).isEqualTo(arn);
            }
            kms.fail(Kms.ATTEMPTS, 400, "ThrottlingException");
            int before = kms.calls().size();
            assertThatThrownBy(() -> keys.wrap(DataKey.random(), Kms.CONTEXT))
                    .isInstanceOfSatisfying(RetryableException.class, busy -> assertThat(busy.code())
                            .isEqualTo(FailureCode.KEY_UNAVAILABLE))
                    .hasMessageContaining("ThrottlingException");
            assertThat(kms.calls()).as("all of them were turned away").hasSize(before);
        }
    }

    @Test
    void whatIsNotListedIsAskedOnce() {
        try (KeyEncryption keys = Kms.open(kms, arn)) {
            for (String code : List.of(
                    "DisabledException",
                    "AccessDeniedException",
                    "NotFoundException",
                    "InvalidKeyUsageException",
                    "ExpiredTokenException",
                    "UnrecognizedClientException",
                    "SomethingNewException")) {
                // Given
                kms.fail(1, 400, code);
                // When
                PlatformException failed =
                        catchThrowableOfType(PlatformException.class, () -> keys.wrap(DataKey.random(), Kms.CONTEXT));
                // Then: another attempt would have been answered.
                assertThat(failed).as(code).isInstanceOf(OperatorActionException.class);
                assertThat(failed.code()).isEqualTo(FailureCode.KEY_UNAVAILABLE);
                assertThat(failed.getMessage()).contains(code, arn);
                assertThat(failed.hint()).isNotBlank();
            }
        }
    }

    @Test
    void aServiceThatIsSilentOrGoneIsRetryableWithinItsTime() {
        // Given
        KeyEncryption keys = Kms.open(kms, arn);
        kms.ignore(Kms.ATTEMPTS);
        long began = System.nanoTime();
        // When, then: silent
        assertThatThrownBy(() -> keys.wrap(DataKey.random(), Kms.CONTEXT))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining(arn);
        assertThat((System.nanoTime() - began) / 1_000_000_000L)
                .isLessThan(Kms.briefly().whole().toSeconds() + 3);
        // When, then: gone
        kms.close();
        assertThatThrownBy(() -> keys.wrap(DataKey.random(), Kms.CONTEXT))
                .isInstanceOfSatisfying(RetryableException.class, gone -> assertThat(gone.hint())
                        .contains("this machine reaches it"))
                .hasMessageContaining("Connect");
        keys.close();
    }

    @Test
    void aRepositoryOfAnotherKeyNamesTheKeyThatItNeeds() {
        // Given
        String other = kms.createKey("eu-central-1", "other");
        Repository.init(store(), CLOCK, Kms.open(kms, arn)).close();
        try (BlobStore store = store();
                KeyEncryption wrong = Kms.open(kms, other)) {
            // When, then
            assertThatThrownBy(() -> Repository.open(store, CLOCK, Optional.of(wrong)))
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining(arn)
                    .hasMessageContaining(other);
        }
    }

    @Test
    void aWrapperThatDoesNotOpenIsDamageWithTheObjectsName() {
        // Given
        KeyPlace place;
        try (Repository repository = Repository.init(store(), CLOCK, Kms.open(kms, arn))) {
            place = lineage(repository).lineage().key(ATTEMPT);
            vault(lineage(repository)).obtain(place);
            // When: other material was imported into the key.
            kms.createKey("eu-central-1", "1234abcd");
            // Then
            assertThatThrownBy(() -> Repository.open(store(), CLOCK, Optional.of(Kms.open(kms, arn))))
                    .isInstanceOfSatisfying(CorruptDataException.class, damage -> assertThat(damage.code())
                            .isEqualTo(FailureCode.OBJECT_CORRUPT))
                    .hasMessageContaining("keys/naming/")
                    .hasMessageContaining(arn);
        }
    }

    @Test
    void noCredentialsAreSaidToBeMissing() {
        assertThatThrownBy(() -> Kms.open(kms, arn, Kms.NOBODY))
                .isInstanceOfSatisfying(OperatorActionException.class, nobody -> {
                    assertThat(nobody.code()).isEqualTo(FailureCode.KEY_UNAVAILABLE);
                    assertThat(nobody.hint()).contains("credentials that AWS accepts");
                });
    }
}

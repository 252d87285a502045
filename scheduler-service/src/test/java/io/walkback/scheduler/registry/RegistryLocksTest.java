package io.walkback.scheduler.registry;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.blob.BlobStores;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.command.Sent;
import io.walkback.scheduler.expiry.RepositoryAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A policy that wants locks which the repository cannot give.
class RegistryLocksTest {
    private static final Duration MONTH = Duration.ofDays(30);
    private static final String FILE = """
        databases:
          shop: {host: db, user: walkback, policy: {immutability: governance 35d}}
        """;

    @TempDir
    private Path folder;

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);

    @AfterEach
    void close() {
        filled.close();
    }

    private RepositoryAccess repository(Optional<Path> place) {
        return new RepositoryAccess(place.map(Path::toUri), EncryptionSettings.of("", "off"), Clock.systemUTC());
    }

    private Registry registry(Path config, Consumer<Immutability> locks) {
        return new Registry(filled.state, sent.commands, config, MONTH, locks, _ -> {});
    }

    private Path config() throws IOException {
        return Files.writeString(folder.resolve("walkback.yml"), FILE);
    }

    private DatabaseRegistration shop() throws IOException {
        return new DatabasesFile(config(), MONTH).parse(FILE).getFirst();
    }

    @Test
    void isRefusedWhenItIsRegisteredAndWhenAFileHasIt() throws IOException {
        // Given
        Path place = folder.resolve("repository");
        BlobStores.create(place.toUri()).close();
        RepositoryAccess access = repository(Optional.of(place));
        Registry registry = registry(config(), access::requireLocks);
        DatabaseRegistration other = new DatabasesFile(folder, MONTH)
                .parse(FILE.replace("shop", "other"))
                .getFirst();
        // When, then
        assertThatThrownBy(() -> registry.register("ann", other))
                .isInstanceOfSatisfying(OperatorActionException.class, RegistryLocksTest::saysHowToMendIt);
        assertThatThrownBy(registry::applyAtStart)
                .isInstanceOfSatisfying(OperatorActionException.class, RegistryLocksTest::saysHowToMendIt);
        assertThat(sent.committed()).isEmpty();
    }

    private static void saysHowToMendIt(OperatorActionException refused) {
        assertThat(refused.code()).isEqualTo(FailureCode.NOT_SUPPORTED);
        assertThat(refused.getMessage()).contains("GOVERNANCE for 35 days");
        assertThat(refused.hint()).contains("docs/security/object-lock.md", "immutability: none");
    }

    @Test
    void isTakenWhereOnlyTheWorkersKnowTheRepository() {
        RepositoryAccess nowhere = repository(Optional.empty());
        assertThatCode(() -> nowhere.requireLocks(Immutability.parse("compliance 1d")))
                .doesNotThrowAnyException();
    }

    @Test
    void isNotRefusedInAFileBecauseTheStoreIsDown() throws IOException {
        // Given
        filled.put(shop(), NOW);
        RetryableException down =
                new RetryableException(FailureCode.STORE_UNAVAILABLE, "the store is down", "Look at it.");
        Registry registry = registry(config(), _ -> {
            throw down;
        });
        // When
        registry.applyAtStart();
        // Then
        assertThat(registry.isManagedByFile(shop().id())).isTrue();
        DatabaseRegistration other = new DatabasesFile(folder, MONTH)
                .parse(FILE.replace("shop", "other"))
                .getFirst();
        assertThatThrownBy(() -> registry.register("ann", other)).isSameAs(down);
        assertThat(sent.committed()).isEmpty();
    }
}

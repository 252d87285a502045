package io.walkback.scheduler.registry;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.command.Sent;
import io.walkback.scheduler.expiry.RepositoryAccess;
import io.walkback.scheduler.expiry.SecondPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A policy that wants two copies where there is no second place.
class RegistryCopiesTest {
    private static final Duration MONTH = Duration.ofDays(30);
    private static final EncryptionSettings PLAIN = EncryptionSettings.of("", "off");
    private static final String FILE = """
        databases:
          shop: {host: db, user: walkback, policy: {copies: 2}}
        """;

    @TempDir
    private Path folder;

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);

    @AfterEach
    void close() {
        filled.close();
    }

    private SecondPlace second(@Nullable String name) {
        Path first = folder.resolve("repository");
        RepositoryAccess access = new RepositoryAccess(Optional.of(first.toUri()), PLAIN, Clock.systemUTC());
        return new SecondPlace(
                Optional.ofNullable(name).map(folder::resolve).map(Path::toUri), access, PLAIN, Clock.systemUTC());
    }

    private void repository(String name) {
        Repository.init(BlobStores.create(folder.resolve(name).toUri()), Clock.systemUTC())
                .close();
    }

    private Registry registry(IntConsumer copies) throws IOException {
        Path config = Files.writeString(folder.resolve("walkback.yml"), FILE);
        return new Registry(filled.state, sent.commands, config, MONTH, _ -> {}, copies);
    }

    private DatabaseRegistration other() {
        return new DatabasesFile(folder, MONTH)
                .parse(FILE.replace("shop", "other"))
                .getFirst();
    }

    private void requireRefused(SecondPlace second, String why) throws IOException {
        Registry registry = registry(second::requireCopies);
        for (var attempt : new ThrowingCallable[] {() -> registry.register("ann", other()), registry::applyAtStart}) {
            assertThatThrownBy(attempt).isInstanceOfSatisfying(OperatorActionException.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.NOT_SUPPORTED);
                assertThat(refused.text()).contains("2 copies", why);
                assertThat(refused.hint()).contains("WALKBACK_COPY_URL", "copies: 1");
            });
        }
        assertThat(sent.committed()).isEmpty();
    }

    @Test
    void isRefusedWhereThereIsNoSecondPlace() throws IOException {
        requireRefused(second(null), "no second place");
    }

    @Test
    void isRefusedWhereTheSecondPlaceIsTheFirst() throws IOException {
        repository("repository");
        requireRefused(second("repository"), "the repository itself");
    }

    @Test
    void isRefusedWhereTheSecondPlaceHoldsAnotherRepository() throws IOException {
        repository("repository");
        repository("copy");
        requireRefused(second("copy"), "another repository");
    }

    @Test
    void isTakenWhereTheSecondPlaceIsEmptyYet() throws IOException {
        // Given
        repository("repository");
        Registry registry = registry(second("copy")::requireCopies);
        // When
        registry.applyAtStart();
        // Then
        assertThat(registry.isManagedByFile(new DatabaseId("shop"))).isTrue();
        assertThat(registry.register("ann", other()).policy().wantsCopy()).isTrue();
    }

    @Test
    void onePlaceIsEnoughForWhoWantsOneCopy() {
        second(null).requireCopies(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void isNotRefusedInAFileBecauseTheSecondPlaceIsAway() throws IOException {
        // Given
        RetryableException down =
                new RetryableException(FailureCode.STORE_UNAVAILABLE, "the store is down", "Look at it.");
        Registry registry = registry(wanted -> {
            if (wanted > 1) {
                throw down;
            }
        });
        // When
        registry.applyAtStart();
        // Then
        assertThat(registry.isManagedByFile(new DatabaseId("shop"))).isTrue();
        assertThatThrownBy(() -> registry.register("ann", other())).isSameAs(down);
    }
}

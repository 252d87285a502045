package io.walkback.scheduler.registry;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.PushToken;
import io.walkback.domain.event.AuditEntry;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tokens that let WAL be pushed.
class RegistryPushTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final Registry registry =
            new Registry(filled.state, sent.commands, null, Duration.ofDays(30), _ -> {}, _ -> {});

    @AfterEach
    void close() {
        filled.close();
    }

    private static DatabaseRegistration pushed() {
        DatabaseRegistration usual = Samples.database("shop", "0 0 2 * * *", true);
        return new DatabaseRegistration(
                usual.id(), usual.connection(), null, usual.policy().pushed(), usual.labels());
    }

    /// Does something that writes one registration, and lets it be seen.
    private <T> T seen(Supplier<T> work) throws Exception {
        long before = sent.messages(DatabaseRegistration.class).count();
        CompletableFuture<T> done = CompletableFuture.supplyAsync(work);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> sent.messages(DatabaseRegistration.class).count() > before);
        filled.put(
                sent.messages(DatabaseRegistration.class)
                        .skip(before)
                        .findFirst()
                        .orElseThrow(),
                NOW);
        return done.get(10, TimeUnit.SECONDS);
    }

    @Test // P11
    void onlyTheHashOfATokenIsWrittenAndANewOneEndsTheOneBefore() throws Exception {
        // Given
        filled.put(pushed(), NOW);
        // When
        Secret first = seen(() -> registry.issuePushToken("ann", SHOP));
        Secret second = seen(() -> registry.issuePushToken("ann", SHOP));
        // Then
        assertThat(registry.require(SHOP).pushTokenHash()).isEqualTo(PushToken.hash(second));
        assertThat(PushToken.matches(first, registry.require(SHOP).pushTokenHash()))
                .isFalse();
        assertThat(sent.committed().map(String::valueOf))
                .noneMatch(record -> record.contains(first.reveal()) || record.contains(second.reveal()));
        assertThat(sent.messages(AuditEntry.class).map(AuditEntry::action))
                .containsExactly("database.push-token", "database.push-token");
    }

    @Test
    void aTokenOutlivesARegistrationAnewAndAnAdoption() throws Exception {
        // Given
        filled.put(pushed(), NOW);
        Secret token = seen(() -> registry.issuePushToken("ann", SHOP));
        // When
        seen(() -> registry.adopt("ann", SHOP, new SystemIdentifier(42)));
        DatabaseRegistration anew = registry.register("ann", pushed());
        // Then
        assertThat(PushToken.matches(token, anew.pushTokenHash())).isTrue();
        assertThat(anew.system()).isEqualTo(new SystemIdentifier(42));
    }

    @Test
    void aDatabaseWhosePolicyPushesNothingGetsNone() {
        filled.put(Samples.database("shop", "0 0 2 * * *", true), NOW);
        assertThatThrownBy(() -> registry.issuePushToken("ann", SHOP))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.REQUEST_CONFLICT));
        assertThat(sent.committed()).isEmpty();
    }

    @Test
    void thePolicyOfAFileSaysHowWalComes() {
        assertThat(registry.parsePolicy("{pushWal: true}").pushWal()).isTrue();
        assertThat(registry.parsePolicy("{pushWal: true}").streamWal()).isFalse();
        assertThat(registry.parsePolicy("{enabled: true}").streamWal()).isTrue();
        assertThat(registry.parsePolicy("{enabled: true}").heartbeat()).isTrue();
        assertThat(registry.parsePolicy("{heartbeat: false}").heartbeat()).isFalse();
        assertThatThrownBy(() -> registry.parsePolicy("{pushWal: true, streamWal: true}"))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("streamWal and pushWal");
    }
}

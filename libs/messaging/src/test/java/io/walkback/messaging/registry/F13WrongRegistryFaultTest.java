package io.walkback.messaging.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.messaging.registry.FakeRegistry.Answer;
import io.walkback.schemas.Schemas;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// F13: the registry answers with a wrong or incompatible schema. The producer refuses before sending.
class F13WrongRegistryFaultTest {
    private static final Schema OURS = Schemas.latest("BackupRequested");

    private final FakeRegistry registry = new FakeRegistry();

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void anIncompatibleSchemaIsRefused() {
        registry.answer(call -> call.endsWith("/versions") ? new Answer(409, "{\"error_code\":409}") : null);
        assertRefused(() -> ids(Map.of()).idFor("backup-requested", OURS));
    }

    @Test
    void anIdUnderWhichAnotherSchemaLiesIsRefused() {
        registry.put(55, Schemas.latest("BackupFailed").toString());
        registry.answer(call -> call.endsWith("/versions") ? new Answer(200, "{\"id\":55}") : null);
        assertRefused(() -> ids(Map.of()).idFor("backup-requested", OURS));
    }

    @Test
    void anIdUnderWhichNothingLiesIsRefused() {
        registry.answer(call -> call.endsWith("/versions") ? new Answer(200, "{\"id\":55}") : null);
        assertRefused(() -> ids(Map.of()).idFor("backup-requested", OURS));
    }

    @Test
    void aSubjectIsMadeFullTransitiveBeforeItsFirstSchema() {
        // When
        ids(Map.of()).idFor("backup-requested", OURS);
        // Then
        assertThat(registry.calls())
                .startsWith("PUT /config/backup-requested-value", "POST /subjects/backup-requested-value/versions");
    }

    @Test
    void aRegistryThatWantsTheSchemaFirstIsToldTheCompatibilityRightAfter() {
        // Given
        registry.answer(call -> call.startsWith("PUT") && registry.calls().size() == 1 ? new Answer(404, "") : null);
        // When
        ids(Map.of()).idFor("backup-requested", OURS);
        // Then
        assertThat(registry.calls().subList(1, 3))
                .containsExactly(
                        "POST /subjects/backup-requested-value/versions", "PUT /config/backup-requested-value");
    }

    @Test
    void aSubjectThatCannotBeGuardedIsRefused() {
        registry.answer(call -> call.startsWith("PUT") ? new Answer(404, "") : null);
        assertRefused(() -> ids(Map.of()).idFor("backup-requested", OURS));
    }

    @Test
    void withoutAutoRegistrationASchemaMustBeThere() {
        // Given
        Map<String, String> manual = Map.of(RegistrySettings.AUTO_REGISTER, "false");
        assertRefused(() -> ids(manual).idFor("backup-requested", OURS));
        // When
        registry.put(9, OURS.toString());
        // Then
        assertThat(ids(manual).idFor("backup-requested", OURS)).isEqualTo(9);
        assertThat(registry.calls()).noneMatch(call -> call.endsWith("/versions") || call.startsWith("PUT"));
    }

    @Test
    void anIdThatTheRegistryDeniesMakesTheRecordUnreadable() {
        assertThatThrownBy(() -> ids(Map.of()).schema(404)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void credentialsAreSentAndNeverPartOfAnError() {
        // Given
        String url = registry.url().replace("http://", "http://someone:hush@");
        registry.answer(_ -> new Answer(401, ""));
        // When
        assertThatThrownBy(() -> new SchemaIds(RegistrySettings.from(Map.of(RegistrySettings.URL, url))).schema(1))
                // Then
                .hasMessageNotContaining("hush");
        assertThat(registry.lastAuthorization()).isEqualTo("Basic c29tZW9uZTpodXNo");
    }

    @Test
    void userInfoAndBearerTokensAreSentToo() {
        ids(Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "a:b"))
                .idFor("t", OURS);
        assertThat(registry.lastAuthorization()).isEqualTo("Basic YTpi");
        ids(Map.of("bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", "tok"))
                .idFor("u", OURS);
        assertThat(registry.lastAuthorization()).isEqualTo("Bearer tok");
    }

    @Test
    void settingsThatCannotBeUsedAreNamed() {
        assertConfiguration(Map.of(), "schema.registry.url is not set");
        assertConfiguration(Map.of(RegistrySettings.URL, "ftp://secret@x"), "not an http address");
        assertConfiguration(Map.of(RegistrySettings.URL, "::"), "not an http address");
        assertConfiguration(
                Map.of(RegistrySettings.URL, "http://x", "basic.auth.credentials.source", "SASL_INHERIT"),
                "SASL_INHERIT");
        assertConfiguration(
                Map.of(RegistrySettings.URL, "http://x", "bearer.auth.credentials.source", "OAUTH"), "STATIC_TOKEN");
    }

    private static void assertConfiguration(Map<String, String> settings, String message) {
        assertThatThrownBy(() -> RegistrySettings.from(settings))
                .isInstanceOfSatisfying(OperatorActionException.class, wrong -> assertThat(wrong.code())
                        .isEqualTo(FailureCode.CONFIGURATION))
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }

    private static void assertRefused(ThrowingCallable send) {
        assertThatThrownBy(send)
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.SCHEMA_INCOMPATIBLE));
    }

    private SchemaIds ids(Map<String, String> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put(RegistrySettings.URL, registry.url());
        return new SchemaIds(RegistrySettings.from(settings));
    }
}

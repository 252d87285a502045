package io.walkback.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.SecretReference;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.WorkerId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest // F53
    @ValueSource(
            strings = {"", "; rm -rf", "../x", "a\nb", "host=evil dbname=x", "<!channel>", "Shop", "-a", "a/b", "é"})
    void refusesHostileDatabaseNames(String name) {
        assertThatThrownBy(() -> new DatabaseId(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest // F53
    @ValueSource(strings = {"", "../x", "a..b", "a/b", ".hidden", "a b", "a\u0000b"})
    void refusesHostileIds(String id) {
        assertThatThrownBy(() -> new BackupId(id)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OperationId(id)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesASlotThatPostgresAccepts() {
        assertThat(new DatabaseId("eu-shop_1").slotName()).isEqualTo("walkback_eu_shop_1");
    }

    @Test
    void printsForeignTextWithoutControlCharacters() {
        assertThat(Text.printable("a\nb\u202ec\u0007d", 80)).isEqualTo("a?b?c?d");
        assertThat(Text.printable("abcdef", 3)).isEqualTo("abc…");
    }

    @Test
    void refusesWorkersThatCannotBePrinted() {
        assertThatThrownBy(() -> new WorkerId("a\nb", UUID.randomUUID())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test // P11
    void neverRepeatsAPasswordThatWasGivenInsteadOfAReference() {
        assertThatThrownBy(() -> SecretReference.parse("hunter2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hunter2");
        assertThat(SecretReference.parse("file:/run/secrets/shop")).hasToString("file:/run/secrets/shop");
        assertThat(SecretReference.parse("env:SHOP_PASSWORD")).hasToString("env:SHOP_PASSWORD");
        assertThatThrownBy(() -> SecretReference.parse("env:a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SecretReference.parse("file:relative")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesConnectionsThatCannotBe() {
        assertThatThrownBy(() -> new Connection("h\n", 5432, "postgres", "u", null, "prefer", null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Connection("h", 0, "postgres", "u", null, "prefer", null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsThirtyDaysByDefault() {
        assertThat(BackupPolicy.DEFAULT.retention()).hasDays(30);
        assertThat(BackupPolicy.DEFAULT.zone().getId()).isEqualTo("America/New_York");
        assertThat(BackupPolicy.DEFAULT.enabled()).isTrue();
    }
}

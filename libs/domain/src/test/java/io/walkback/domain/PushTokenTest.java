package io.walkback.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.PushToken;
import io.walkback.domain.retention.KeepRules;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class PushTokenTest {
    @Test // P11
    void onlyItsOwnHashLetsATokenIn() {
        // Given
        Secret token = PushToken.issue();
        String hash = PushToken.hash(token);
        // Then
        assertThat(token.reveal())
                .matches("[A-Za-z0-9_-]{43}")
                .isNotEqualTo(PushToken.issue().reveal());
        assertThat(hash).matches("[0-9a-f]{64}").doesNotContain(token.reveal());
        assertThat(PushToken.matches(token, hash)).isTrue();
        assertThat(PushToken.matches(PushToken.issue(), hash)).isFalse();
        assertThat(PushToken.matches(token, null)).isFalse();
        assertThat(PushToken.matches(new Secret(""), "")).isFalse();
        assertThat(PushToken.matches(new Secret(hash), hash))
                .as("the hash itself is no token")
                .isFalse();
    }

    @Test
    void hashesAsTheTopicHasIt() {
        assertThat(PushToken.hash(new Secret("abc")))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void walIsPushedOrStreamedAndNeverBoth() {
        BackupPolicy pushed = BackupPolicy.DEFAULT.pushed();
        assertThat(pushed.pushWal()).isTrue();
        assertThat(pushed.streamWal()).isFalse();
        assertThat(pushed.bringsWal()).isTrue();
        assertThat(BackupPolicy.DEFAULT.bringsWal()).isTrue();
        assertThatThrownBy(() -> new BackupPolicy(
                        true,
                        "0 0 2 * * *",
                        ZoneId.of("UTC"),
                        3,
                        false,
                        0,
                        true,
                        Duration.ofDays(1),
                        KeepRules.DEFAULT,
                        3,
                        Immutability.NONE,
                        1,
                        true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("streamWal and pushWal");
    }
}

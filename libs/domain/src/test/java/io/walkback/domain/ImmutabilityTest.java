package io.walkback.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.Immutability.LockMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImmutabilityTest {
    @ParameterizedTest
    @ValueSource(strings = {"none", "governance 1d", "compliance 36500d"})
    void isReadAsItIsWritten(String text) {
        assertThat(Immutability.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "None",
                "governance",
                "35d",
                "governance 0d",
                "compliance 36501d",
                "legal 3d",
                "governance 3h"
            })
    void refusesWhatIsNoLock(String text) {
        assertThatThrownBy(() -> Immutability.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lastsOnlyWhereSomethingIsLocked() {
        assertThat(new Immutability(LockMode.COMPLIANCE, 3).lasts()).isEqualTo(Duration.ofDays(3));
        assertThat(Immutability.NONE.isWanted()).isFalse();
        assertThat(new Immutability(LockMode.UNKNOWN, 3).isWanted()).isTrue();
        assertThatThrownBy(() -> new Immutability(LockMode.NONE, 3)).hasMessageContaining("0 days");
        assertThatThrownBy(() -> new Immutability(LockMode.GOVERNANCE, 0)).hasMessageContaining("36500");
    }

    @Test
    void saysWhatItMeansBesideTheRecoveryWindow() {
        Duration window = Duration.ofDays(30);
        assertThat(Immutability.NONE.beside(window)).contains("nothing is locked");
        assertThat(Immutability.parse("governance 20d").beside(window)).contains("shorter than the recovery window");
        assertThat(Immutability.parse("governance 35d").beside(window)).contains("longer than the recovery window");
        assertThat(Immutability.parse("governance 30d").beside(window))
                .contains("30 days")
                .doesNotContain("recovery window");
    }
}

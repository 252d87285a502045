package io.walkback.postgres.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StandbyNamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            emptyValue = "",
            value = {
                "ANY 1 (walkback_a, walkback_b); ''",
                "walkback_a; ''",
                "\"Walkback_A\" , WALKBACK_B; ''",
                "ANY 1 (walkback_a, walkback_b, s1); ANY 1 (s1)",
                "any 2(walkback_a,s1,\"s, \"\"2\"\"\"); ANY 2 (s1, \"s, \"\"2\"\"\")",
                "FIRST 2 (walkback_a, s1); FIRST 1 (s1)",
                "3 (s1, walkback_b, s2); 2 (s1, s2)",
                "s1, walkback_a, s2; s1, s2",
                "7 (1, 2, walkback_a); 2 (1, 2)",
            })
    void ourReceiversAreTakenOutAndNoCommitWaitsForMoreThanAreLeft(String value, String left) {
        StandbyNames names = StandbyNames.parse(value);
        assertThat(names.namesOurs()).isTrue();
        assertThat(names.withoutOurs()).hasToString(left);
        assertThat(names.withoutOurs().namesOurs()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s1", "ANY 1 (walkback_ab, x_walkback_a)", "FIRST 1 (*)", "FIRST 2 (s1, s2, s3)"})
    void whatNamesNoReceiverOfOursStaysAsItIs(String value) {
        StandbyNames names = StandbyNames.parse(value);
        assertThat(names.namesOurs()).isFalse();
        assertThat(names.withoutOurs()).isEqualTo(names).hasToString(value);
    }

    @Test
    void everybodyIsEverybodyHoweverItIsWritten() {
        assertThat(StandbyNames.parse("ANY 1 (s1, \"*\")").namesEverybody()).isTrue();
        assertThat(StandbyNames.parse("*").namesEverybody()).isTrue();
        assertThat(StandbyNames.parse("s1").namesEverybody()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ANY",
                "ANY 1",
                "ANY 1 ()",
                "ANY (s1)",
                "s1 s2",
                "s1,",
                ",s1",
                "1 (s1",
                "s-1",
                "\"\"",
                "ANY x (s1)",
                "ANY 99999999999 (s1)",
                "FIRST 1 (s1) s2",
                "(s1)"
            })
    void whatPostgresWouldRefuseIsRefused(String value) {
        assertThatThrownBy(() -> StandbyNames.parse(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + value + "'");
    }
}

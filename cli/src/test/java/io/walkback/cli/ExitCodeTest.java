package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.FailureCode;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExitCodeTest {
    @ParameterizedTest
    @CsvSource({
        "REQUEST_INVALID, 2",
        "DATABASE_UNKNOWN, 1",
        "STORE_MISSING, 10",
        "TARGET_NOT_EMPTY, 11",
        "POSTGRES_AUTHENTICATION, 12",
        "KEY_UNAVAILABLE, 12",
        "OBJECT_CORRUPT, 20",
        "OBJECT_MISSING, 20",
        "TARGET_UNREACHABLE, 21",
        "APPROVAL_REQUIRED, 30",
        "BROKER_UNAVAILABLE, 75",
        "API_UNREACHABLE, 75",
        "POSTGRES_UNREACHABLE, 75",
        "INTERNAL, 1",
    })
    void givesEachFailureTheExitCodeThatScriptsRelyOn(FailureCode code, int exit) {
        assertThat(ExitCode.of(code)).isEqualTo(exit);
    }

    @ParameterizedTest
    @EnumSource
    void neverCallsAFailureAnythingOutsideTheContract(FailureCode code) {
        assertThat(ExitCode.of(code)).isIn(1, 2, 3, 10, 11, 12, 20, 21, 30, 75);
    }

    @Test
    void usesEachCodeThatAFailureCanHave() {
        Set<Integer> used = java.util.Arrays.stream(FailureCode.values())
                .map(ExitCode::of)
                .collect(java.util.stream.Collectors.toSet());
        assertThat(used).containsExactlyInAnyOrder(1, 2, 10, 11, 12, 20, 21, 30, 75);
    }
}

package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {
    @ParameterizedTest // pitfall 44
    @CsvSource({
        "2026-11-22T03:15:00Z, 2026-11-22T03:15:00Z",
        "2026-11-22T04:15:00.25+01:00, 2026-11-22T03:15:00.250Z",
        "2026-11-22 04:15:00+01:00, 2026-11-22T03:15:00Z",
        "2026-11-22 04:15:00+01, 2026-11-22T03:15:00Z",
        "2026-11-22 04:15:00 +01:00, 2026-11-22T03:15:00Z",
        "2026-11-22T04:15+01:00, 2026-11-22T03:15:00Z",
        "2026-11-21T22:15:00[America/New_York], 2026-11-22T03:15:00Z",
        "2026-07-01T12:00:00+02:00[Europe/Berlin], 2026-07-01T10:00:00Z",
    })
    void readsTimesThatNameTheirZone(String text, Instant moment) {
        assertThat(Texts.moment("--target-time", text)).isEqualTo(moment);
    }

    @ParameterizedTest // pitfall 44
    @ValueSource(strings = {"2026-11-22T03:15:00", "2026-11-22 03:15:00"})
    void refusesATimeWithoutZoneAndSaysWhatItWouldBeInUtc(String text) {
        assertThatThrownBy(() -> Texts.moment("--target-time", text))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> {
                    assertThat(refused).hasMessageContaining("names no zone");
                    assertThat(refused.hint()).contains("2026-11-22T03:15:00Z");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"13am", "2026-11-22", "2026-13-01T00:00:00Z", "", "now", "2026-11-22T03:15:00Zx"})
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> Texts.moment("--target-time", text))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("is not a time");
    }

    @Test
    void readsDurationsAndRefusesEndlessOnes() {
        assertThat(Texts.duration("--timeout", "90s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(Texts.duration("--timeout", "4h")).isEqualTo(Duration.ofHours(4));
        assertThat(Texts.duration("--timeout", "30m")).isEqualTo(Duration.ofMinutes(30));
        for (String refused : new String[] {"0s", "1d", "-3s", "999h", "s", ""}) {
            assertThatThrownBy(() -> Texts.duration("--timeout", refused)).isInstanceOf(OperatorActionException.class);
        }
    }

    @Test
    void makesPathsAbsolute() {
        assertThat(Texts.path("--to", "a/../b")).isEqualTo(Path.of("b").toAbsolutePath());
        assertThatThrownBy(() -> Texts.path("--to", " ")).isInstanceOf(OperatorActionException.class);
        assertThatThrownBy(() -> Texts.path("--to", "a\0b")).isInstanceOf(OperatorActionException.class);
    }
}

package io.walkback.restore.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.plan.PreflightCheck;
import io.walkback.domain.plan.PreflightCheck.Outcome;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CollationsTest {
    private static PreflightCheck check(Map<String, String> source) {
        return Collations.check(source, () -> Optional.of("2.36"));
    }

    @Test
    void pitfall52WarnsOfAnotherLibcThanTheSourceHad() {
        PreflightCheck other = check(Map.of("shop/c/de_DE.UTF-8", "2.31", "postgres/c/C", ""));
        assertThat(other.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(other.value()).contains("libc here is 2.36", "shop/c/de_DE.UTF-8 2.31");
        assertThat(other.hint()).contains("REINDEX");
        assertThat(check(Map.of("shop/c/de_DE.UTF-8", "2.36")).outcome()).isEqualTo(Outcome.OK);
    }

    @Test
    void pitfall52CallsUnknownWhatItCannotCompare() {
        PreflightCheck icu = check(Map.of("shop/i/de-x-icu", "153.120"));
        assertThat(icu.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(icu.value()).contains("unknown on this host", "shop/i/de-x-icu 153.120");
        assertThat(check(Map.of()).value()).startsWith("unknown: the backup does not name");
        assertThat(Collations.check(Map.of("shop/c/de_DE", "2.36"), Optional::empty)
                        .value())
                .startsWith("unknown on this host");
    }

    @Test
    void asksNothingWhereBytesAreCompared() {
        assertThat(Collations.check(Map.of("shop/c/C", "", "x/b/C.UTF-8", "1"), () -> {
                            throw new AssertionError("asked");
                        })
                        .outcome())
                .isEqualTo(Outcome.OK);
    }

    @Test
    void knowsTheLibcOfThisMachine() {
        // The one that the tests' servers were built with: theirs would be another value, and a warning.
        assertThat(Collations.check(Map.of("shop/c/de_DE", "0.1")).value()).matches("libc here is [0-9.]+, .*");
    }
}

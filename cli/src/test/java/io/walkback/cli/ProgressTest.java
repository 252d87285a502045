package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void tellsRateAndTimeLeftOnceASecondIsOver() {
        assertThat(Progress.pace(100 << 20, 1 << 20, SECOND - 1)).isEmpty();
        assertThat(Progress.pace(0, 1 << 20, 5 * SECOND)).isEmpty();
        assertThat(Progress.pace(20 << 20, 100 << 20, 2 * SECOND))
                .isEqualTo("  " + Bytes.text(10L << 20) + "/s, 0:00:10 left");
        assertThat(Progress.pace(1, 3_661, SECOND)).isEqualTo("  " + Bytes.text(1L) + "/s, 1:01:01 left");
        assertThat(Progress.pace(20 << 20, 0, 2 * SECOND)).isEqualTo("  " + Bytes.text(10L << 20) + "/s");
    }
}

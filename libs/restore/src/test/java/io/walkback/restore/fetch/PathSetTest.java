package io.walkback.restore.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathSetTest {
    @Test
    void knowsWhatWasAddedAndNothingElseHoweverMuchThatIs() {
        // Given
        PathSet paths = new PathSet();
        // When
        for (int i = 0; i < 100_000; i++) {
            paths.add("base/5/" + i);
            paths.add("base/5/" + i);
        }
        // Then
        for (int i = 0; i < 100_000; i++) {
            assertThat(paths.contains("base/5/" + i)).isTrue();
            assertThat(paths.contains("base/6/" + i)).isFalse();
        }
        assertThat(paths.contains("")).isFalse();
        assertThat(paths.contains("base/5")).isFalse();
    }
}

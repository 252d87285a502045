package io.walkback.catalog.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StateViewTest {
    record Count(String word, long version) {}

    private final StateView<Count> view = StateView.versioned(Count.class, Count::version);

    private void put(String word, long version) {
        view.put("k", new Count(word, version), Instant.EPOCH);
    }

    @Test // F18
    void keepsTheHighestVersionWhicheverComesFirst() {
        // When
        put("completed", 7);
        put("started", 3);
        // Then
        assertThat(view.find("k")).map(Count::word).contains("completed");
        assertThat(view.all()).hasSize(1);
    }

    @Test
    void wakesWhoWaitsForAValue() throws Exception {
        // Given
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return view.await("k", count -> count.version() == 2, Duration.ofSeconds(10))
                        .isPresent();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        // When
        put("one", 1);
        put("two", 2);
        // Then
        assertThat(waiting.get()).isTrue();
        assertThat(view.await("k", count -> count.version() == 9, Duration.ofMillis(10)))
                .isEmpty();
    }
}

package io.walkback.backup.commits;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.CommitsChecked;
import io.walkback.domain.event.Event;
import io.walkback.postgres.connection.SyncWaits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When commits that wait are told of, and when no longer.
class CommitWatchTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String OURS = "ANY 1 (walkback_a, walkback_b)";

    private final List<Event> told = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CommitWatch watch =
            new CommitWatch(new DatabaseId("shop"), told::add, registry, Clock.fixed(NOW, ZoneOffset.UTC));
    /// Overflows within the test, as the real one may.
    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

    @AfterEach
    void close() {
        watch.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    private void look(@Nullable SyncWaits seen) {
        watch.look(seen, nanos);
        nanos += CommitWatch.EVERY.toNanos();
    }

    private void look(int seconds, String names, String... commits) {
        for (int i = 0; i < seconds; i++) {
            look(new SyncWaits(names, true, Set.of(commits)));
        }
    }

    private List<@Nullable Instant> since() {
        return all().stream().map(CommitsChecked::blockedSince).toList();
    }

    private List<CommitsChecked> all() {
        return told.stream().map(CommitsChecked.class::cast).toList();
    }

    private double gauge() {
        return registry.get("walkback.commits.blocked").gauge().value();
    }

    @Test
    void aCommitThatWaitsForFiveSecondsIsToldOnceAndTheEndAfterHalfAMinuteWithoutAny() {
        // Given
        look(5, OURS, "1/700");
        assertThat(told).isEmpty();
        // When
        look(1, OURS, "1/700", "2/701");
        // Then
        assertThat(all()).singleElement().satisfies(page -> {
            assertThat(page.blockedSince()).isEqualTo(NOW.minusSeconds(5));
            assertThat(page.waiting()).isEqualTo(1);
            assertThat(page.standbyNames()).isEqualTo(OURS);
        });
        assertThat(gauge()).isEqualTo(5.0);
        // When
        look(600, OURS, "1/700", "2/701");
        look(24, OURS);
        look(6, OURS, "3/800");
        look(30, OURS);
        // Then
        assertThat(since())
                .as("24 s without any, and one that is late again, do not end it")
                .hasSize(1);
        // When
        look(1, OURS);
        // Then
        assertThat(since()).containsExactly(NOW.minusSeconds(5), null);
        assertThat(gauge()).isZero();
    }

    @Test
    void aBusyServerWhoseCommitsWaitALittleEachNeverAlarms() {
        for (int i = 0; i < 200; i++) {
            look(4, OURS, "1/" + i, "2/" + i);
        }
        assertThat(since()).containsOnlyNulls().hasSize(1);
    }

    @Test
    void commitsThatWaitForSomebodyElseAreNotOurs() {
        look(60, "FIRST 1 (s1)", "1/700");
        assertThat(since()).containsOnlyNulls();
        assertThat(gauge()).isZero();
        look(6, "*", "1/700");
        assertThat(since()).last().isNotNull();
    }

    @Test
    void anAlarmOfATailThatIsNoLongerWantedEnds() {
        // Given
        look(6, OURS, "1/700");
        // When
        for (int i = 0; i < 31; i++) {
            look(null);
        }
        // Then
        assertThat(since()).hasSize(2).last().isNull();
        assertThat(gauge()).isNaN();
    }

    @Test
    void aRoleThatCannotSeeOthersSaysNothingRatherThanThatAllIsWell() {
        for (int i = 0; i < 60; i++) {
            look(new SyncWaits(OURS, false, Set.of()));
        }
        assertThat(told).isEmpty();
        assertThat(gauge()).isNaN();
    }
}

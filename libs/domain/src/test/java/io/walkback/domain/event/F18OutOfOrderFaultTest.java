package io.walkback.domain.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.WorkerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// F18: events out of order. The highest stateVersion wins, and missing parts are filled in later.
class F18OutOfOrderFaultTest {
    private static final BackupId BACKUP = new BackupId("shop-1");
    private static final Instant AT = Instant.parse("2026-11-22T02:00:00Z");

    @Provide
    Arbitrary<List<Event>> histories() {
        List<Event> told =
                List.of(started(1, 10L), failed(1, 20L), started(2, 30L), failed(2, 40L), expired(50L), expired(null));
        return Arbitraries.shuffle(told)
                .flatMap(order -> Arbitraries.of(told).list().ofMaxSize(6).map(again -> {
                    List<Event> all = new ArrayList<>(order);
                    all.addAll(again);
                    return all;
                }));
    }

    @Property
    void everyOrderOfArrivalWithAnyRepetitionEndsInTheSameState(@ForAll("histories") List<Event> history) {
        // When
        ByVersion known = ByVersion.nothing();
        for (Event event : history) {
            known = known.with(event);
        }
        // Then
        assertThat(known.of(BackupStarted.class)).contains(started(2, 30L));
        assertThat(known.of(BackupFailed.class)).contains(failed(2, 40L));
        assertThat(known.newest()).contains(expired(50L));
        assertThat(known.all()).hasSize(3);
    }

    @Property
    void theJoinOfVersionsDoesNotDependOnTheirOrder(@ForAll("histories") List<Event> history) {
        // When
        Versioned<Event> known = null;
        for (Event event : history) {
            if (Versioned.versionOf(event).isPresent()) {
                known = Versioned.join(
                        known, new Versioned<>(event, Versioned.versionOf(event).getAsLong()));
            }
        }
        // Then
        assertThat(known).isEqualTo(new Versioned<>(expired(50L), 50));
    }

    @Test
    void aCompletionThatComesFirstIsKeptAndTheStartFillsInWhatItKnows() {
        // Given
        ByVersion known = ByVersion.nothing().with(failed(1, 20L));
        // When
        ByVersion filled = known.with(started(1, 10L));
        // Then
        assertThat(filled.newest()).contains(failed(1, 20L));
        assertThat(filled.of(BackupStarted.class)).contains(started(1, 10L));
        assertThat(filled).isNotEqualTo(known).hasToString(filled.all().toString());
        assertThat(filled.hashCode())
                .isEqualTo(ByVersion.nothing()
                        .with(started(1, 10L))
                        .with(failed(1, 20L))
                        .hashCode());
        assertThat(ByVersion.nothing().newest()).isEmpty();
    }

    @Test
    void aVersionIsAnOffset() {
        assertThatThrownBy(() -> new Versioned<>("value", -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static BackupStarted started(int attempt, @Nullable Long version) {
        return new BackupStarted(
                header(version), BACKUP, attempt, new Epoch("topic", 1, 2), new WorkerId("w", new UUID(3, 4)), null);
    }

    private static BackupFailed failed(int attempt, @Nullable Long version) {
        return new BackupFailed(
                header(version),
                BACKUP,
                BackupType.PHYSICAL,
                new Problem(FailureCode.STORE_FULL, "full", "Make room."),
                attempt,
                false);
    }

    private static BackupExpired expired(@Nullable Long version) {
        return new BackupExpired(header(version), BACKUP, new OperationId("e"), "rule");
    }

    private static EventHeader header(@Nullable Long version) {
        return new EventHeader(new UUID(1, 2), new DatabaseId("shop"), AT, version);
    }
}

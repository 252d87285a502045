package io.walkback.alerting.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.rule.AlertSubject;
import io.walkback.alerting.rule.Signal;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/// F18: whatever the order, however often, and wherever the process was restarted.
class AlertFoldPropertyTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final AlertSubject SUBJECT = AlertSubject.sink("any");

    /// What decides about telling people.
    record Verdict(AlertStatus status, Severity severity, Map<String, Long> versions) {
        static @Nullable Verdict of(@Nullable AlertState alert) {
            return alert == null ? null : new Verdict(alert.status(), alert.severity(), alert.versions());
        }
    }

    @Provide
    Arbitrary<List<Signal>> histories() {
        Arbitrary<Integer> kinds = Arbitraries.integers().between(0, 3);
        return kinds.list().ofMinSize(1).ofMaxSize(12).map(AlertFoldPropertyTest::history);
    }

    private static List<Signal> history(List<Integer> kinds) {
        List<Signal> signals = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            signals.add(signal(kinds.get(i), i * 7L));
        }
        return signals;
    }

    private static Signal signal(int kind, long version) {
        UUID id = new UUID(1, version);
        Instant at = START.plusSeconds(version);
        return switch (kind) {
            case 0 -> new Signal.Cleared(SUBJECT, version, id, at);
            case 1 -> raised(version, id, at, Severity.WARNING);
            case 2 -> raised(version, id, at, Severity.ERROR);
            default -> raised(version, id, at, Severity.CRITICAL);
        };
    }

    private static Signal raised(long version, UUID id, Instant at, Severity severity) {
        return new Signal.Raised(SUBJECT, version, id, at, severity, severity + " at " + version, Map.of());
    }

    private static AlertState fold(@Nullable AlertState from, List<Signal> signals) {
        AlertState alert = from;
        for (Signal signal : signals) {
            alert = AlertFold.apply(alert, signal, START);
        }
        if (alert == null) {
            throw new AssertionError("no signal left anything");
        }
        return alert;
    }

    @Property
    void anyOrderAndAnyRepetitionEndsInTheSameState(@ForAll("histories") List<Signal> history, @ForAll long seed) {
        // Given
        Random random = new Random(seed);
        List<Signal> delivered = new ArrayList<>(history);
        history.stream().filter(_ -> random.nextBoolean()).forEach(delivered::add);
        Collections.shuffle(delivered, random);
        // When
        AlertState shuffled = fold(null, delivered);
        // Then
        AlertState inOrder = fold(null, history);
        assertThat(shuffled.status()).isEqualTo(inOrder.status());
        assertThat(shuffled.versions()).isEqualTo(inOrder.versions());
        if (AlertFold.isOpen(inOrder)) {
            assertThat(shuffled.severity()).isEqualTo(inOrder.severity());
        }
    }

    @Property
    void theNewestAllClearDecidesWhetherTheCauseStands(@ForAll("histories") List<Signal> history) {
        // When
        AlertState alert = fold(null, history);
        // Then
        long lastClear = -1;
        Severity worst = null;
        for (Signal signal : history) {
            if (signal instanceof Signal.Cleared cleared && cleared.version() != null) {
                lastClear = cleared.version();
            }
        }
        for (Signal signal : history) {
            if (signal instanceof Signal.Raised raised && raised.version() != null && raised.version() > lastClear) {
                worst = worst == null || raised.severity().compareTo(worst) > 0 ? raised.severity() : worst;
            }
        }
        assertThat(AlertFold.isOpen(alert)).isEqualTo(worst != null);
        if (worst != null) {
            assertThat(alert.severity()).isEqualTo(worst);
        }
    }

    @Property
    void aRepeatedSignalReturnsTheVerySameState(@ForAll("histories") List<Signal> history) {
        // Given
        AlertState alert = fold(null, history);
        // When
        AlertState again = fold(alert, history);
        // Then
        assertThat(again).isSameAs(alert);
    }

    @Property
    void aRestartAnywhereLosesNothing(@ForAll("histories") List<Signal> history, @ForAll int at) {
        // Given a process that dies after some signals, and one that folds from its topic and hears the last few again
        int cut = Math.floorMod(at, history.size());
        MemoryJournal journal = new MemoryJournal();
        AlertBook first = journal.book();
        history.subList(0, cut + 1).forEach(first::apply);
        // When
        AlertBook second = journal.book();
        history.subList(Math.max(0, cut - 2), history.size()).forEach(second::apply);
        // Then
        AlertBook undisturbed = new MemoryJournal().book();
        history.forEach(undisturbed::apply);
        assertThat(verdict(second)).isEqualTo(verdict(undisturbed));
        assertThat(verdict(journal.book())).isEqualTo(verdict(undisturbed));
    }

    @Property
    void whatAFrozenPredecessorWritesLateUndoesNothing(@ForAll("histories") List<Signal> history, @ForAll int at) {
        // Given two processes that both believe that they may write
        int cut = Math.floorMod(at, history.size());
        MemoryJournal journal = new MemoryJournal();
        AlertBook zombie = journal.book();
        history.subList(0, cut).forEach(zombie::apply);
        AlertBook successor = journal.book();
        history.forEach(successor::apply);
        // When
        zombie.apply(history.get(cut));
        // Then
        AlertState joined = state(journal.book());
        AlertState right = state(successor);
        assertThat(joined.status()).isEqualTo(right.status());
        assertThat(joined.versions()).isEqualTo(right.versions());
    }

    private static @Nullable Verdict verdict(AlertBook book) {
        return Verdict.of(state(book));
    }

    private static AlertState state(AlertBook book) {
        AlertEntry entry = book.entry(SUBJECT.key());
        if (entry == null) {
            throw new AssertionError("no alert");
        }
        return entry.state();
    }
}

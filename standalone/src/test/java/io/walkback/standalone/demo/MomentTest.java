package io.walkback.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.standalone.demo.Comparison.Row;
import io.walkback.standalone.demo.Ledger.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The target that leaves no doubt, and the comparison that lets nothing through.
class MomentTest {
    private static final Instant START = Instant.parse("2026-11-22T03:00:00Z");

    @Test
    void theTargetLiesBetweenTwoCommitsAndNotAfterWhatWasAskedFor() {
        // Given: a row every 5 ms whose commit takes 2 ms
        List<Entry> journal = journal(10);
        // When: asked for the middle of the sixth commit
        Moment moment = Moment.atOrBefore(START.plusMillis(26), journal);
        // Then
        assertThat(moment.target()).isEqualTo(START.plusMillis(20).plusNanos(3_500_000));
        assertThat(moment.expected()).containsExactlyElementsOf(journal.subList(0, 5));
        assertThat(moment.later()).containsExactlyElementsOf(journal.subList(5, 10));
    }

    @Test
    void aGapThatClocksCannotTellIsLeftOut() {
        // Given: the second row begins 50 microseconds after the first one's commit
        List<Entry> journal = List.of(
                entry(1, START, START.plusMillis(4)),
                entry(2, START.plusMillis(8), START.plusMillis(10)),
                entry(3, START.plusMillis(10).plusNanos(50_000), START.plusMillis(12)));
        // When
        Moment moment = Moment.atOrBefore(START.plusMillis(11), journal);
        // Then
        assertThat(moment.expected()).hasSize(1);
    }

    @Test
    void aJournalThatBeginsLaterHasNoSuchMoment() {
        List<Entry> journal = journal(3);
        assertThatThrownBy(() -> Moment.atOrBefore(START.minusSeconds(1), journal))
                .isInstanceOf(CheckFailed.class);
    }

    @Test
    void rowsThatAreTheJournalsAreExact() {
        Comparison comparison = Comparison.of(journal(5), rows(5));
        assertThat(comparison).isEqualTo(new Comparison(5, 5, 0, 0, 0, ""));
        assertThat(comparison.isExact()).isTrue();
    }

    @Test
    void aMissingRowFails() {
        Comparison comparison = Comparison.of(journal(5), rows(4));
        assertThat(comparison).isEqualTo(new Comparison(5, 4, 1, 0, 0, "row 5 is not there"));
        assertThat(comparison.isExact()).isFalse();
    }

    @Test
    void anExtraRowFails() {
        Comparison comparison = Comparison.of(journal(4), rows(5));
        assertThat(comparison).isEqualTo(new Comparison(4, 5, 0, 1, 0, "row 5 was not committed by the target"));
        assertThat(comparison.isExact()).isFalse();
    }

    @Test
    void aRowThatIsThereTwiceFails() {
        List<Row> rows = new ArrayList<>(rows(5));
        rows.add(rows.getFirst());
        assertThat(Comparison.of(journal(5), rows).isExact()).isFalse();
    }

    @Test
    void anotherPayloadOrTimeFails() {
        // Given
        Row first = rows(1).getFirst();
        Row payload = new Row(first.id(), Ledger.sha256("other"), first.writtenAt());
        Row time = new Row(first.id(), first.payload(), first.writtenAt().plusNanos(1000));
        // When, Then
        assertThat(Comparison.of(journal(1), List.of(payload)).different()).isEqualTo(1);
        assertThat(Comparison.of(journal(1), List.of(time)).isExact()).isFalse();
    }

    private static List<Entry> journal(int rows) {
        List<Entry> journal = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            Instant at = START.plusMillis(5L * row);
            journal.add(entry(row + 1L, at, at.plusMillis(2)));
        }
        return journal;
    }

    private static Entry entry(long id, Instant writtenAt, Instant committed) {
        return new Entry(id, writtenAt, Ledger.sha256("row " + id), committed);
    }

    private static List<Row> rows(int rows) {
        return journal(rows).stream()
                .map(entry -> new Row(entry.id(), entry.payload(), entry.writtenAt()))
                .toList();
    }
}

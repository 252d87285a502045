package io.walkback.domain.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RehearseTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void namesABackupIfAndOnlyIfTheChoiceSaysSo() {
        // Given
        BackupId backup = new BackupId("b1");
        // When, Then
        assertThatCode(() -> rehearse(DrillChoice.NAMED, backup, null, HOUR)).doesNotThrowAnyException();
        assertThatThrownBy(() -> rehearse(DrillChoice.NAMED, null, null, HOUR)).hasMessageContaining("NAMED");
        assertThatThrownBy(() -> rehearse(DrillChoice.NEWEST, backup, null, HOUR))
                .hasMessageContaining("b1");
        assertThatThrownBy(() -> rehearse(DrillChoice.UNKNOWN, null, null, HOUR))
                .hasMessageContaining("UNKNOWN");
    }

    @Test
    void hasALimitAndAWindowThatIsLongerThanNothing() {
        assertThatThrownBy(() -> rehearse(DrillChoice.NEWEST, null, null, Duration.ofSeconds(9)))
                .hasMessageContaining("PT9S");
        assertThatThrownBy(() -> rehearse(DrillChoice.NEWEST, null, null, Duration.ofDays(8)))
                .hasMessageContaining("PT192H");
        assertThatThrownBy(() -> rehearse(DrillChoice.NEWEST, null, Duration.ZERO, HOUR))
                .hasMessageContaining("longer than nothing");
    }

    @Test
    void takesFewAssertionsEachOfANameOfItsOwn() {
        // Given
        List<Assertion> most = assertions(Command.Rehearse.MOST_ASSERTIONS, 100);
        List<Assertion> oneMore = assertions(Command.Rehearse.MOST_ASSERTIONS + 1, 100);
        List<Assertion> long17 = assertions(17, Assertion.MOST_CHARACTERS);
        List<Assertion> twice = List.of(most.getFirst(), most.getFirst());
        // When, Then
        assertThatCode(() -> Command.Rehearse.requireFew(most)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Command.Rehearse.requireFew(oneMore)).hasMessageContaining("51");
        assertThatThrownBy(() -> Command.Rehearse.requireFew(long17)).hasMessageContaining("68000 characters");
        assertThatThrownBy(() -> Command.Rehearse.requireFew(twice)).hasMessageContaining("1 names");
    }

    @Test
    void anAssertionHasANameADbnameAndAQuery() {
        assertThatCode(() -> new Assertion("a b", "shop \"é\" ", "SELECT true")).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Assertion(" ", "shop", "SELECT true")).hasMessageContaining("name");
        assertThatThrownBy(() -> new Assertion("a".repeat(64), "shop", "SELECT true"))
                .hasMessageContaining("name");
        assertThatThrownBy(() -> new Assertion("a\n", "shop", "SELECT true")).hasMessageContaining("printable");
        assertThatThrownBy(() -> new Assertion("a", "é".repeat(32), "SELECT true"))
                .hasMessageContaining("63 bytes");
        assertThatThrownBy(() -> new Assertion("a", "", "SELECT true")).hasMessageContaining("63 bytes");
        assertThatThrownBy(() -> new Assertion("a", "shop", "x".repeat(4001))).hasMessageContaining("4000");
        assertThatThrownBy(() -> new Assertion("a", "shop", " ")).hasMessageContaining("query");
    }

    @Test
    void whatWasNotCoveredIsCutAtAHundredLinesAndSaysSo() {
        // Given
        List<String> lines = IntStream.range(0, 250).mapToObj(n -> "t" + n).toList();
        // When
        List<String> bounded = Facts.Rehearsed.bounded(lines);
        // Then
        assertThat(bounded).hasSize(100).endsWith("t98", "and 151 more");
        assertThat(Facts.Rehearsed.bounded(lines.subList(0, 100))).isEqualTo(lines.subList(0, 100));
        assertThat(Facts.Rehearsed.bounded(bounded)).isEqualTo(bounded);
    }

    private static List<Assertion> assertions(int count, int characters) {
        return IntStream.range(0, count)
                .mapToObj(n -> new Assertion("a" + n, "shop", "x".repeat(characters)))
                .toList();
    }

    private static Command rehearse(
            DrillChoice choice, @Nullable BackupId backup, @Nullable Duration window, Duration limit) {
        return new Command.Rehearse(choice, backup, new RecoveryTarget.Latest(), window, List.of(), limit);
    }
}

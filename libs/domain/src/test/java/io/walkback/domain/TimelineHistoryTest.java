package io.walkback.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineHistoryTest {
    private static final String FILE =
            "# a comment\n1\t0/5000148\tno recovery target specified\n\n3\t0/7000000\tbefore 2026-01-01 00:00:00+00\n";

    private static TimelineHistory parse(int timeline, String file) {
        return TimelineHistory.parse(new TimelineId(timeline), file.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"0/0,1", "0/5000147,1", "0/5000148,3", "0/6FFFFFF,3", "0/7000000,4", "FFFFFFFF/0,4"})
    void eachPositionBelongsToTheTimelineThatWroteIt(String position, int timeline) {
        assertThat(parse(4, FILE).containing(Lsn.parse(position))).isEqualTo(new TimelineId(timeline));
    }

    @Test
    void branchPointsAreKnownAndStrangersAreNot() {
        TimelineHistory history = parse(4, FILE);
        assertThat(history.ancestors()).hasSize(2);
        assertThat(history.endOf(TimelineId.FIRST)).contains(Lsn.parse("0/5000148"));
        assertThat(history.endOf(new TimelineId(2))).isEmpty();
        assertThat(history.endOf(new TimelineId(4))).isEmpty();
        assertThat(history.beginOf(TimelineId.FIRST)).contains(Lsn.INVALID);
        assertThat(history.beginOf(new TimelineId(3))).contains(Lsn.parse("0/5000148"));
        assertThat(history.beginOf(new TimelineId(4))).contains(Lsn.parse("0/7000000"));
        assertThat(history.beginOf(new TimelineId(2))).isEmpty();
        assertThat(history)
                .isEqualTo(parse(4, FILE))
                .hasSameHashCodeAs(parse(4, FILE))
                .isNotEqualTo(parse(5, FILE));
        assertThat(TimelineHistory.root(TimelineId.FIRST).containing(Lsn.INVALID))
                .isEqualTo(TimelineId.FIRST);
        assertThat(history).asString().endsWith("-> 4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\t0/1\tr",
                "1",
                "1\tthere",
                "0\t0/1",
                "4\t0/1",
                "5\t0/1",
                "2\t0/2\n1\t0/3",
                "1\t0/2\n2\t0/1",
                "1\t0/2\n1\t0/3"
            })
    void aFileThatCannotBeAHistoryIsRefused(String file) {
        assertThatThrownBy(() -> parse(4, file))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("00000004.history");
    }
}

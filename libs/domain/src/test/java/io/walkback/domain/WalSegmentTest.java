package io.walkback.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalSegmentTest {
    @Property
    void readsBackItsFileName(
            @ForAll @IntRange(min = 20, max = 30) int sizeBits,
            @ForAll @IntRange(min = 1) int timeline,
            @ForAll @LongRange(min = 0, max = (1L << 34) - 2) long number) {
        WalSegment segment = new WalSegment(new TimelineId(timeline), number, 1 << sizeBits);
        assertThat(WalSegment.parse(segment.fileName(), 1 << sizeBits)).isEqualTo(segment);
        assertThat(segment.next().start()).isEqualTo(segment.end());
    }

    @Test
    void carriesIntoTheUpperHalfAsPostgresDoes() {
        WalSegment last = WalSegment.parse("0000000100000000000000FF", WalSegment.DEFAULT_SIZE);
        assertThat(last.next().fileName()).isEqualTo("000000010000000100000000");
        assertThat(last.end()).isEqualTo(Lsn.parse("1/0"));
    }

    @Test
    void countsABoundaryToTheSegmentThatItEnds() {
        Lsn boundary = Lsn.parse("0/2000000");
        assertThat(WalSegment.endingAt(TimelineId.FIRST, boundary, WalSegment.DEFAULT_SIZE)
                        .fileName())
                .isEqualTo("000000010000000000000001");
        assertThat(WalSegment.containing(TimelineId.FIRST, boundary, WalSegment.DEFAULT_SIZE)
                        .fileName())
                .isEqualTo("000000010000000000000002");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "000000010000000000000100",
                "00000001000000000000000g",
                "00000000000000000000000A",
                "../../../../etc/passwd.."
            })
    void refusesNamesThatNoServerWrites(String name) {
        assertThatThrownBy(() -> WalSegment.parse(name, WalSegment.DEFAULT_SIZE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_000_000, 1 << 19, Integer.MIN_VALUE})
    void refusesSizesThatInitdbRefuses(int size) {
        assertThatThrownBy(() -> new WalSegment(TimelineId.FIRST, 0, size))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.Lsn;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DurablePrefixPropertyTest {
    private static final int START = 100;
    private static final int BYTES = 40;

    record Part(int from, int to) {}

    @Property // P6, pitfall 11
    void theEndIsThatOfTheBytesWithoutAHoleInWhateverOrderTheyBecameDurable(@ForAll("parts") List<Part> parts) {
        DurablePrefix prefix = new DurablePrefix(new Lsn(START));
        BitSet durable = new BitSet();
        durable.set(0, START);
        for (Part part : parts) {
            durable.set(part.from(), part.to());
            assertThat(prefix.add(new Lsn(part.from()), new Lsn(part.to())))
                    .isEqualTo(new Lsn(durable.nextClearBit(0)))
                    .isEqualTo(prefix.end());
        }
    }

    @Example
    void aPartThatEndsBeforeItBeginsIsRefused() {
        assertThatThrownBy(() -> new DurablePrefix(new Lsn(1)).add(new Lsn(3), new Lsn(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Provide
    Arbitrary<List<Part>> parts() {
        Arbitrary<Integer> position = Arbitraries.integers().between(START - 10, START + BYTES);
        return Combinators.combine(position, Arbitraries.integers().between(0, 8))
                .as((from, length) -> new Part(from, from + length))
                .list()
                .ofMaxSize(30);
    }
}

package io.walkback.domain.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.Lsn;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// The arithmetic against a set of bytes that is written down byte by byte.
class StretchesPropertyTest {
    private static final int BYTES = 64;

    @Property
    void any_history_of_arrivals_and_removals_leaves_just_those_bytes(@ForAll long seed) {
        Random random = new Random(seed);
        BitSet model = new BitSet();
        Stretches stretches = Stretches.NONE;
        for (int step = 0; step < 30; step++) {
            int from = random.nextInt(BYTES - 1);
            int to = from + 1 + random.nextInt(BYTES - 1 - from);
            boolean arrives = random.nextInt(3) > 0;
            model.set(from, to, arrives);
            stretches = arrives ? stretches.plus(stretch(from, to)) : stretches.minus(stretch(from, to));

            requireEqual(model, stretches);
        }
    }

    private static void requireEqual(BitSet model, Stretches stretches) {
        BitSet bytes = new BitSet();
        Lsn before = null;
        for (Stretch each : stretches.list()) {
            assertThat(before == null || before.isBefore(each.from()))
                    .as("%s is in order, and no two touch", stretches)
                    .isTrue();
            bytes.set((int) each.from().bytes(), (int) each.to().bytes());
            before = each.to();
        }
        assertThat(bytes).isEqualTo(model);
        List<Stretch> holes = stretches.holes();
        assertThat(holes).hasSize(Math.max(0, stretches.list().size() - 1));
        for (Stretch hole : holes) {
            assertThat(model.nextSetBit((int) hole.from().bytes()))
                    .isEqualTo((int) hole.to().bytes());
            assertThat(model.get((int) hole.from().bytes() - 1)).isTrue();
        }
        for (int position = 0; position < BYTES; position++) {
            assertThat(stretches.reach(new Lsn(position)))
                    .isEqualTo(
                            model.get(position)
                                    ? Optional.of(new Lsn(model.nextClearBit(position)))
                                    : Optional.empty());
        }
    }

    private static Stretch stretch(int from, int to) {
        return new Stretch(new Lsn(from), new Lsn(to));
    }
}

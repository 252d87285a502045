package io.walkback.domain.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// P12 against recovery as the server does it, position by position: open the newest file that has the next
/// segment, and go on until one is missing.
class RecoverableWindowPropertyTest {
    private static final int SIZE = 1 << 20;
    private static final int SEGMENTS = 14;
    /// Positions are tried in the middle of a segment and at its beginning.
    private static final int STEP = SIZE / 2;

    /// A cluster that was promoted at times, whose WAL is there with holes.
    private static final class World {
        private final Random random;
        private final List<TimelineHistory> histories = new ArrayList<>();
        private final List<BitSet> files = new ArrayList<>();
        private final List<Base> bases = new ArrayList<>();

        World(long seed) {
            random = new Random(seed);
            histories.add(TimelineHistory.root(TimelineId.FIRST));
            int timelines = 1 + random.nextInt(4);
            for (int timeline = 2; timeline <= timelines; timeline++) {
                branch(timeline);
            }
            for (int timeline = 1; timeline <= timelines; timeline++) {
                BitSet stored = new BitSet();
                int first = (int) (begin(timeline).bytes() / SIZE);
                IntStream.range(first, SEGMENTS)
                        .filter(_ -> random.nextInt(8) > 0)
                        .forEach(stored::set);
                files.add(stored);
            }
            for (int i = random.nextInt(5); i > 0; i--) {
                base(1 + random.nextInt(timelines), i);
            }
        }

        private Lsn begin(int timeline) {
            return histories.get(timeline - 1).beginOf(new TimelineId(timeline)).orElseThrow();
        }

        private void branch(int timeline) {
            TimelineHistory parent = histories.get(random.nextInt(timeline - 1));
            int first = (int) (begin(parent.timeline().value()).bytes() / STEP);
            int at = first + random.nextInt(SEGMENTS * 2 - first);
            StringBuilder lines = new StringBuilder();
            parent.ancestors().forEach(branch -> lines.append(branch.timeline())
                    .append('\t')
                    .append(branch.end())
                    .append("\tpromoted\n"));
            lines.append(parent.timeline())
                    .append('\t')
                    .append(new Lsn((long) at * STEP + 8))
                    .append("\tpromoted\n");
            histories.add(TimelineHistory.parse(
                    new TimelineId(timeline), lines.toString().getBytes(StandardCharsets.UTF_8)));
        }

        private void base(int timeline, int ordinal) {
            long begin = begin(timeline).bytes() + 8;
            long start = begin + random.nextInt(SEGMENTS * SIZE - (int) begin);
            bases.add(new Base(
                    new BackupId("backup-" + ordinal),
                    new TimelineId(timeline),
                    new Lsn(start),
                    new Lsn(start + 1 + random.nextInt(2 * SIZE))));
        }

        ClusterWal wal() {
            Map<TimelineId, Stretches> stored = new HashMap<>();
            histories.forEach(history -> stored.put(
                    history.timeline(),
                    files.get(history.timeline().value() - 1).stream()
                            .mapToObj(segment ->
                                    new Stretch(new Lsn((long) segment * SIZE), new Lsn((segment + 1L) * SIZE)))
                            .reduce(Stretches.NONE, Stretches::plus, (left, _) -> left)));
            Map<TimelineId, TimelineHistory> known = new HashMap<>();
            histories.forEach(history -> known.put(history.timeline(), history));
            return new ClusterWal(SIZE, stored, known);
        }

        /// Whether recovery from this backup along this timeline gets to `target`.
        boolean gets(Base base, TimelineHistory history, Lsn target) {
            boolean descends = history.containing(base.stop().plus(-1)).equals(base.timeline());
            if (!descends || target.isBefore(base.stop())) {
                return false;
            }
            long last = (target.bytes() - 1) / SIZE;
            for (long segment = base.start().bytes() / SIZE; segment <= last; segment++) {
                int newest = history.timeline().value();
                while (begin(newest, history) / SIZE > segment) {
                    newest = parent(newest, history);
                }
                if (!files.get(newest - 1).get((int) segment)) {
                    return false;
                }
            }
            return true;
        }

        private static long begin(int member, TimelineHistory history) {
            return history.beginOf(new TimelineId(member)).orElseThrow().bytes();
        }

        private static int parent(int member, TimelineHistory history) {
            return history.ancestors().stream()
                    .map(branch -> branch.timeline().value())
                    .filter(ancestor -> ancestor < member)
                    .max(Integer::compare)
                    .orElseThrow();
        }
    }

    @Property
    void whatTheWindowSaysIsWhatRecoveryReaches(@ForAll long seed) {
        World world = new World(seed);
        ClusterWal wal = world.wal();
        world.histories.forEach(history -> {
            RecoverableWindow window = RecoverableWindow.of(history.timeline(), wal, world.bases);
            Lsn begin = world.begin(history.timeline().value());
            for (long at = 0; at <= SEGMENTS * 2L; at++) {
                Lsn target = new Lsn(at * STEP + 8);
                if (!target.isAfter(begin)) {
                    continue;
                }
                boolean reached = world.bases.stream().anyMatch(base -> world.gets(base, history, target));
                Optional<RecoverableWindow.Way> way = window.way(target);

                assertThat(way.isPresent())
                        .as("%s on timeline %s of %s", target, history.timeline(), window.ranges())
                        .isEqualTo(reached);
                assertThat(window.ranges().stream()
                                .anyMatch(range -> !target.isBefore(range.from()) && !target.isAfter(range.to())))
                        .isEqualTo(reached);
                way.ifPresent(found -> assertThat(world.gets(found.base(), history, target))
                        .as("the way that is named is one")
                        .isTrue());
                requireNearest(window, target, reached);
            }
        });
    }

    private static void requireNearest(RecoverableWindow window, Lsn target, boolean reached) {
        if (reached) {
            assertThat(window.nearestBefore(target)).contains(target);
            assertThat(window.nearestAfter(target)).contains(target);
            return;
        }
        window.nearestBefore(target).ifPresent(before -> {
            assertThat(before).isLessThan(target);
            assertThat(window.way(before)).isPresent();
        });
        window.nearestAfter(target).ifPresent(after -> {
            assertThat(after).isGreaterThan(target);
            assertThat(window.way(after)).isPresent();
        });
        boolean anyBefore =
                window.ranges().stream().anyMatch(range -> range.to().isBefore(target));
        boolean anyAfter =
                window.ranges().stream().anyMatch(range -> range.from().isAfter(target));
        assertThat(window.nearestBefore(target).isPresent()).isEqualTo(anyBefore);
        assertThat(window.nearestAfter(target).isPresent()).isEqualTo(anyAfter);
    }
}

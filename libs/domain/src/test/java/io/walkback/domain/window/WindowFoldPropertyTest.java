package io.walkback.domain.window;

import static io.walkback.domain.window.World.SHOP;
import static io.walkback.domain.window.World.SIZE;
import static io.walkback.domain.window.World.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.TimelineHistory;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.HoleStatus;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.RecoverableRange;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.event.WalHole;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.domain.window.World.Named;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/// P12: the projected window against a model that remembers each segment by itself, over random histories of
/// timelines, gaps, repairs and expiry, with commit times that go back and forth.
class WindowFoldPropertyTest {
    private static WindowFold fold(List<Event> facts) {
        WindowFold fold = new WindowFold();
        facts.forEach(fact -> assertThat(fold.apply(fact)).isTrue());
        return fold;
    }

    private static Recoverability look(WindowFold fold, World world) {
        return fold.look(SHOP, world.backups, world.now).orElseThrow().window();
    }

    @Property(tries = 300)
    void theFoldKnowsWhatIsThereWhateverTheOrderOfItsFacts(@ForAll long seed) {
        World world = new World(seed);
        if (world.facts.isEmpty()) {
            return;
        }
        WindowFold fold = fold(world.facts);
        Recoverability window = look(fold, world);

        Map<Named, @Nullable Instant> known = new HashMap<>();
        for (WalIndexChunk chunk : fold.chunks(SHOP)) {
            for (int index = 0; index < chunk.segments().size(); index++) {
                if (chunk.segments().has(index)) {
                    long micros = chunk.segments().lastCommit(index);
                    known.put(
                            new Named(chunk.timeline().value(), chunk.firstSegment() + index),
                            SegmentFigures.time(micros));
                }
            }
        }
        assertThat(known).isEqualTo(world.there);

        List<Event> shuffled = new ArrayList<>(world.facts);
        Collections.shuffle(shuffled, new Random(seed));
        WindowFold other = fold(shuffled);
        assertThat(other.chunks(SHOP).stream().map(WalIndexChunk::segments))
                .containsExactlyElementsOf(
                        fold.chunks(SHOP).stream().map(WalIndexChunk::segments).toList());
        assertThat(look(other, world).ranges()).isEqualTo(window.ranges());
        assertThat(look(other, world.backups, world.now)).isEmpty();
    }

    private static Optional<WindowFold.Now> look(WindowFold fold, List<KeptBackup> backups, Instant now) {
        return fold.look(SHOP, backups, now);
    }

    @Property(tries = 300)
    void whatWasWrittenBringsTheFoldBack(@ForAll long seed) {
        World world = new World(seed);
        WindowFold fold = new WindowFold();
        Map<String, WalIndexChunk> topic = new HashMap<>();
        Recoverability told = null;
        for (Event fact : world.facts) {
            fold.apply(fact);
            fold.drain().forEach((key, chunk) -> {
                if (chunk.isPresent()) {
                    topic.put(key, chunk.get());
                } else {
                    topic.remove(key);
                }
            });
            told = fold.look(SHOP, world.backups, world.now)
                    .map(WindowFold.Now::window)
                    .orElse(told);
        }
        if (told == null) {
            return;
        }
        WindowFold restored = new WindowFold();
        topic.values().forEach(restored::restore);
        restored.restore(told);

        assertThat(restored.look(SHOP, world.backups, world.now)).isEmpty();
        assertThat(restored.chunks(SHOP)).containsExactlyElementsOf(fold.chunks(SHOP));
    }

    @Property(tries = 300)
    void aTimeIsReachedJustWhenTheServerWouldStopThere(@ForAll long seed) {
        World world = new World(seed);
        if (world.facts.isEmpty()) {
            return;
        }
        WindowFold fold = fold(world.facts);
        Recoverability window = look(fold, world);
        Optional<WalIndex> index = WalIndex.of(fold.chunks(SHOP));
        if (index.isEmpty()) {
            return;
        }
        Reachability reachability = new Reachability(index.get(), world.backups, window.holes());
        for (Instant time = T0; time.isBefore(world.now.plusSeconds(300)); time = time.plusSeconds(17)) {
            Answer answer = reachability.at(time, null, null);
            Optional<KeptBackup> from = world.newestBefore(time);
            if (from.isEmpty()) {
                assertThat(answer).isInstanceOf(Answer.Unreachable.class);
                continue;
            }
            TimelineHistory history =
                    world.histories.get(from.get().base().timeline().value() - 1);
            boolean ends = world.endsAt(from.get(), history, time);
            if (answer instanceof Answer.Reachable way) {
                assertThat(way.backup()).isEqualTo(from.get());
                assertThat(ends != way.atEnd()).as("%s by %s", time, way).isTrue();
                assertThat(way.atEnd() && world.goesOn(history, way.upTo().bytes() / SIZE))
                        .as("%s by %s is the end", time, way)
                        .isFalse();
            } else {
                assertThat(ends).as("%s is refused: %s", time, answer).isFalse();
                requireNearest((Answer.Unreachable) answer, reachability, time, window);
            }
        }
    }

    private static void requireNearest(
            Answer.Unreachable not, Reachability reachability, Instant time, Recoverability window) {
        Answer.Nearest before = not.before();
        if (before != null) {
            Instant moment = Objects.requireNonNull(before.time());
            assertThat(moment).isBeforeOrEqualTo(time);
            assertThat(reachability.at(moment, null, before.timeline()))
                    .as("%s is named as the nearest before %s in %s", before, time, window.ranges())
                    .isInstanceOf(Answer.Reachable.class);
        }
        Answer.Nearest after = not.after();
        if (after != null) {
            Instant moment = Objects.requireNonNull(after.time());
            assertThat(moment).isAfterOrEqualTo(time);
            assertThat(reachability.at(moment, null, after.timeline()))
                    .as("%s is named as the nearest after %s in %s", after, time, window.ranges())
                    .isInstanceOf(Answer.Reachable.class);
        }
    }

    @Property(tries = 200)
    void gapsEndWhenTheyAreFilledOrABackupLeadsPast(@ForAll long seed) {
        World world = new World(seed);
        if (world.facts.isEmpty()) {
            return;
        }
        Recoverability window = look(fold(world.facts), world);
        assertThat(window.openGaps()).isEqualTo((int) window.holes().stream()
                .filter(hole -> hole.status() == HoleStatus.OPEN)
                .count());
        for (WalHole hole : window.holes()) {
            boolean past = world.backups.stream()
                    .anyMatch(backup -> !backup.base().start().isBefore(hole.toLsn())
                            && backup.base().timeline().compareTo(hole.timeline()) >= 0);
            boolean missing = false;
            for (long number = hole.fromLsn().bytes() / SIZE;
                    number < hole.toLsn().bytes() / SIZE;
                    number++) {
                missing |= !world.there.containsKey(new Named(hole.timeline().value(), number));
            }
            assertThat(missing).as("%s is one", hole).isTrue();
            if (hole.status() == HoleStatus.OPEN) {
                assertThat(past).as("%s stands open", hole).isFalse();
            }
        }
        for (RecoverableRange range : window.ranges()) {
            assertThat(range.fromLsn()).isLessThanOrEqualTo(range.toLsn());
            Instant from = range.fromTime();
            assertThat(from == null).isEqualTo(range.toTime() == null);
            assertThat(from == null
                            || Duration.between(from, range.toTime()).isPositive()
                            || from.equals(range.toTime()))
                    .isTrue();
        }
    }
}

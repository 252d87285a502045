package io.walkback.domain.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.HoleStatus;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.RecoverableRange;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.event.WalExpired;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalHole;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import io.walkback.domain.operation.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/// P12: the projected window against a model that remembers each segment by itself, over random histories of
/// timelines, gaps, repairs and expiry, with commit times that go back and forth.
class WindowFoldPropertyTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(42);
    private static final int SIZE = 1 << 20;
    private static final Instant T0 = Instant.parse("2026-11-22T00:00:00Z");
    /// Where the log begins, so that it crosses from one chunk of the index into the next.
    private static final long FIRST = 1018;

    private record Named(int timeline, long number) {}

    /// What happens to one cluster, and what is true of it afterwards.
    private static final class World {
        private final Random random;
        private final List<Event> facts = new ArrayList<>();
        private final Map<Named, @Nullable Instant> there = new HashMap<>();
        private final Set<Named> lost = new HashSet<>();
        private final List<TimelineHistory> histories =
                new ArrayList<>(List.of(TimelineHistory.root(TimelineId.FIRST)));
        private final List<KeptBackup> backups = new ArrayList<>();
        private long next = FIRST;
        private Instant now = T0;

        World(long seed) {
            random = new Random(seed);
            for (int step = 0; step < 40; step++) {
                now = now.plusSeconds(60);
                switch (random.nextInt(12)) {
                    case 0 -> lose(1 + random.nextInt(3));
                    case 1 -> promote();
                    case 2, 3 -> backUp();
                    case 4 -> repair();
                    case 5 -> expire();
                    default -> archive();
                }
            }
        }

        private TimelineHistory current() {
            return histories.getLast();
        }

        private EventHeader header() {
            return new EventHeader(UUID.randomUUID(), SHOP, now, null);
        }

        private void archive() {
            archive(new Named(current().timeline().value(), next++));
        }

        private void archive(Named name) {
            // The clock of the server steps back at times.
            Instant commit = random.nextInt(4) == 0 ? null : now.plusSeconds(random.nextInt(400) - 200);
            there.put(name, commit);
            TimelineId timeline = new TimelineId(name.timeline());
            WalSegment segment = new WalSegment(timeline, name.number(), SIZE);
            Event fact = new WalSegmentArchived(
                    header(),
                    SYSTEM,
                    timeline,
                    segment.fileName(),
                    segment.start(),
                    segment.end(),
                    1000,
                    "00",
                    WalSource.STREAM,
                    commit,
                    commit,
                    histories.get(name.timeline() - 1).ancestors());
            facts.add(fact);
            if (random.nextInt(8) == 0) {
                facts.add(fact);
            }
        }

        private void lose(int count) {
            long from = next;
            for (int i = 0; i < count; i++) {
                lost.add(new Named(current().timeline().value(), next++));
            }
            facts.add(new WalGapDetected(
                    header(),
                    "gap/" + from,
                    SYSTEM,
                    current().timeline(),
                    new Lsn(from * SIZE),
                    new Lsn(next * SIZE),
                    "slot lost",
                    null,
                    null,
                    GapAction.NONE));
        }

        private void promote() {
            if (histories.size() == 4 || next == FIRST) {
                return;
            }
            List<TimelineHistory.Branch> ancestors = new ArrayList<>(current().ancestors());
            Lsn end = new Lsn(next * SIZE - SIZE / 2);
            ancestors.add(new TimelineHistory.Branch(current().timeline(), end));
            histories.add(TimelineHistory.of(new TimelineId(histories.size() + 1), ancestors));
            // The younger timeline writes the segment of the branch point once more.
            next--;
            archive();
        }

        private void backUp() {
            long begin = current().beginOf(current().timeline()).orElseThrow().bytes();
            if (next == FIRST || next * SIZE <= begin) {
                return;
            }
            Lsn start = new Lsn(Math.max(begin, (next - 1) * SIZE) + 40);
            archive();
            backups.add(new KeptBackup(
                    SYSTEM,
                    new Base(
                            new BackupId("b" + backups.size()),
                            current().timeline(),
                            start,
                            new Lsn((next - 1) * SIZE + 80)),
                    now,
                    1_000_000));
        }

        private void repair() {
            lost.stream().findFirst().ifPresent(name -> {
                lost.remove(name);
                archive(name);
            });
        }

        /// The oldest backup goes, and what only it needed.
        private void expire() {
            if (backups.size() < 2) {
                return;
            }
            backups.removeFirst();
            long keep = backups.getFirst().base().start().bytes() / SIZE;
            for (int timeline = 1; timeline <= histories.size(); timeline++) {
                long first = Long.MAX_VALUE;
                for (Named name : List.copyOf(there.keySet())) {
                    if (name.timeline() == timeline && name.number() < keep) {
                        there.remove(name);
                        first = Math.min(first, name.number());
                    }
                }
                int of = timeline;
                lost.removeIf(name -> name.timeline() == of && name.number() < keep);
                if (first < keep) {
                    facts.add(new WalExpired(
                            header(),
                            new OperationId("x" + facts.size()),
                            SYSTEM,
                            new TimelineId(timeline),
                            new Lsn(first * SIZE),
                            new Lsn(keep * SIZE)));
                }
            }
        }

        private Optional<Named> file(TimelineHistory history, long number) {
            TimelineId timeline = history.containing(new Lsn((number + 1) * SIZE - 1));
            Named name = new Named(timeline.value(), number);
            return there.containsKey(name) ? Optional.of(name) : Optional.empty();
        }

        /// Whether the server gets from the backup to a commit later than `time`, opening one file after another.
        boolean endsAt(KeptBackup backup, TimelineHistory history, Instant time) {
            long stop = backup.base().stop().bytes() / SIZE;
            for (long number = backup.base().start().bytes() / SIZE; number < next; number++) {
                Optional<Named> file = file(history, number);
                if (file.isEmpty()) {
                    return false;
                }
                Instant commit = there.get(file.get());
                if (number >= stop && commit != null && commit.isAfter(time)) {
                    return true;
                }
            }
            return false;
        }

        /// Whether anything of the lineage is there from `number` on.
        boolean goesOn(TimelineHistory history, long number) {
            for (long later = number; later < next; later++) {
                if (file(history, later).isPresent()) {
                    return true;
                }
            }
            return false;
        }

        private boolean isComplete(KeptBackup backup) {
            TimelineHistory history = histories.get(backup.base().timeline().value() - 1);
            return file(history, backup.base().start().bytes() / SIZE).isPresent()
                    && file(history, backup.base().stop().bytes() / SIZE).isPresent();
        }

        Optional<KeptBackup> newestBefore(Instant time) {
            return backups.reversed().stream()
                    .filter(backup -> backup.completedAt().isBefore(time) && isComplete(backup))
                    .findFirst();
        }
    }

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

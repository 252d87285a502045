package io.walkback.domain.window;

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
import io.walkback.domain.event.WalExpired;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import io.walkback.domain.operation.OperationId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What happens to one cluster, and what is true of it afterwards.
final class World {
    static final DatabaseId SHOP = new DatabaseId("shop");
    static final SystemIdentifier SYSTEM = new SystemIdentifier(42);
    static final int SIZE = 1 << 20;
    static final Instant T0 = Instant.parse("2026-11-22T00:00:00Z");
    /// Where the log begins, so that it crosses from one chunk of the index into the next.
    private static final long FIRST = 1018;

    /// A segment of a timeline.
    record Named(int timeline, long number) {}

    private final Random random;
    final List<Event> facts = new ArrayList<>();
    final Map<Named, @Nullable Instant> there = new HashMap<>();
    private final Set<Named> lost = new HashSet<>();
    final List<TimelineHistory> histories = new ArrayList<>(List.of(TimelineHistory.root(TimelineId.FIRST)));
    final List<KeptBackup> backups = new ArrayList<>();
    private long next = FIRST;
    Instant now = T0;

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

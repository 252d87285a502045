package io.walkback.domain.window;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.event.WalExpired;
import io.walkback.domain.event.WalGapClosed;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalHole;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.domain.event.WalSegmentArchived;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The WAL index as a fold over facts, for one thread. Told once or often, and in whatever order, the same facts
/// give the same index: what retention removed stays removed when its archiving is heard of later.
///
/// Memory: 12 bytes for each segment, and some hundred for each hole.
public final class WindowFold {
    private final TreeMap<String, WalIndexChunk> chunks = new TreeMap<>();
    private final Map<DatabaseId, HoleLedger> holes = new HashMap<>();
    private final Map<DatabaseId, Recoverability> told = new HashMap<>();
    private final Set<String> changed = new TreeSet<>();

    /// What stands in its topic.
    public void restore(WalIndexChunk chunk) {
        chunks.put(chunk.key(), chunk);
    }

    /// What stands in its topic, holes included.
    public void restore(Recoverability window) {
        told.put(window.header().database(), window);
        holes.put(window.header().database(), new HoleLedger(window.holes()));
    }

    /// Takes a fact in; false for one that contradicts itself and is of no use.
    public boolean apply(Event fact) {
        return switch (fact) {
            case WalSegmentArchived archived -> archived(archived);
            case WalExpired expired -> expired(expired);
            case WalGapDetected gap -> gap(gap);
            default -> throw new IllegalArgumentException(fact.getClass() + " says nothing of the wal index");
        };
    }

    private boolean archived(WalSegmentArchived fact) {
        WalSegment segment;
        List<TimelineHistory.Branch> told = fact.ancestors();
        try {
            segment = WalSegment.parse(
                    fact.segment(), Math.toIntExact(fact.endLsn().minus(fact.startLsn())));
            if (told != null) {
                TimelineHistory.of(segment.timeline(), told);
            }
        } catch (IllegalArgumentException | ArithmeticException impossible) {
            return false;
        }
        if (!segment.start().equals(fact.startLsn()) || !segment.timeline().equals(fact.timeline())) {
            return false;
        }
        Stretch bytes = new Stretch(segment.start(), segment.end());
        if (!ledger(fact.database()).isBack(fact.systemIdentifier(), segment.timeline(), bytes, fact.occurredAt())) {
            return true;
        }
        int index = (int) (segment.number() % SegmentFigures.MOST);
        WalIndexChunk fresh = chunk(
                fact.database(),
                fact.systemIdentifier(),
                segment.timeline(),
                segment.size(),
                segment.number() - index,
                told,
                fact.occurredAt(),
                SegmentFigures.NONE);
        WalIndexChunk known = chunks.get(fresh.key());
        if (known != null && known.segmentSize() != segment.size()) {
            return false;
        }
        put(chunk(
                fact.database(),
                fact.systemIdentifier(),
                segment.timeline(),
                segment.size(),
                segment.number() - index,
                told == null ? ancestors(fresh, known) : told,
                lastArchivedAt(known, index, fact.occurredAt()),
                (known == null ? SegmentFigures.NONE : known.segments())
                        .with(index, fact.storedBytes(), SegmentFigures.micros(fact.lastCommitAt()))));
        return true;
    }

    /// That of the last segment by position: one that is filled in later says nothing about the end.
    private static Instant lastArchivedAt(@Nullable WalIndexChunk known, int index, Instant at) {
        int end = known == null ? 0 : known.segments().size();
        return known == null || index >= end || (index == end - 1 && at.isAfter(known.lastArchivedAt()))
                ? at
                : known.lastArchivedAt();
    }

    /// The history of the timeline as far as one of its chunks has it.
    private @Nullable List<TimelineHistory.Branch> ancestors(WalIndexChunk fresh, @Nullable WalIndexChunk known) {
        if (known != null && known.ancestors() != null) {
            return known.ancestors();
        }
        return ofTimeline(fresh.header().database(), fresh.systemIdentifier(), fresh.timeline())
                .map(WalIndexChunk::ancestors)
                .filter(ancestors -> ancestors != null)
                .findFirst()
                .orElse(null);
    }

    /// What was removed is no longer in the index, once: told again it does not undo what came back meanwhile.
    private boolean gap(WalGapDetected fact) {
        HoleLedger ledger = ledger(fact.database());
        boolean gone = fact.isRemoval() && !ledger.knows(fact);
        boolean declared = ledger.declare(fact);
        if (declared && gone) {
            remove(fact.database(), fact.systemIdentifier(), fact.timeline(), fact.fromLsn(), fact.toLsn());
        }
        return declared;
    }

    private boolean expired(WalExpired fact) {
        if (!fact.fromLsn().isBefore(fact.toLsn())) {
            return false;
        }
        ledger(fact.database()).expire(fact);
        remove(fact.database(), fact.systemIdentifier(), fact.timeline(), fact.fromLsn(), fact.toLsn());
        return true;
    }

    private void remove(DatabaseId database, SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) {
        List<WalIndexChunk> touched = ofTimeline(database, system, timeline)
                .filter(chunk -> chunk.start(0).isBefore(to)
                        && chunk.start(SegmentFigures.MOST).isAfter(from))
                .toList();
        for (WalIndexChunk chunk : touched) {
            SegmentFigures left = chunk.segments();
            for (int index = 0; index < chunk.segments().size(); index++) {
                if (!chunk.start(index).isBefore(from)
                        && !chunk.start(index + 1).isAfter(to)) {
                    left = left.without(index);
                }
            }
            put(chunk(
                    database,
                    system,
                    timeline,
                    chunk.segmentSize(),
                    chunk.firstSegment(),
                    chunk.ancestors(),
                    left.size() < chunk.segments().size() ? covered(left, chunk) : chunk.lastArchivedAt(),
                    left));
        }
    }

    /// Without its last segments a chunk covers no time beyond its latest commit: later ones were in what is gone.
    private static Instant covered(SegmentFigures left, WalIndexChunk chunk) {
        Instant commit = left.latestCommit();
        return commit == null || commit.isAfter(chunk.lastArchivedAt()) ? chunk.lastArchivedAt() : commit;
    }

    private static WalIndexChunk chunk(
            DatabaseId database,
            SystemIdentifier system,
            TimelineId timeline,
            int segmentSize,
            long first,
            @Nullable List<TimelineHistory.Branch> ancestors,
            Instant archivedAt,
            SegmentFigures segments) {
        byte[] about = ("WalIndexChunk/" + database + "/" + system + "/" + timeline + "/" + first + "/" + archivedAt)
                .getBytes(StandardCharsets.UTF_8);
        EventHeader header = new EventHeader(UUID.nameUUIDFromBytes(about), database, archivedAt, null);
        return new WalIndexChunk(header, system, timeline, segmentSize, first, ancestors, archivedAt, segments);
    }

    private void put(WalIndexChunk chunk) {
        if (chunk.segments().size() == 0) {
            chunks.remove(chunk.key());
        } else {
            chunks.put(chunk.key(), chunk);
        }
        changed.add(chunk.key());
    }

    private HoleLedger ledger(DatabaseId database) {
        return holes.computeIfAbsent(database, _ -> new HoleLedger(List.of()));
    }

    private Stream<WalIndexChunk> ofTimeline(DatabaseId database, SystemIdentifier system, TimelineId timeline) {
        return chunks(database).stream()
                .filter(chunk -> chunk.systemIdentifier().equals(system)
                        && chunk.timeline().equals(timeline));
    }

    /// Databases of which anything is known.
    public Set<DatabaseId> databases() {
        Set<DatabaseId> all = new TreeSet<>(holes.keySet());
        chunks.values().forEach(chunk -> all.add(chunk.header().database()));
        return all;
    }

    /// Every chunk of a database.
    public Collection<WalIndexChunk> chunks(DatabaseId database) {
        return chunks.subMap(database + "/", database + "0").values();
    }

    /// What is known to be missing of a database, by cluster, timeline and position.
    public List<WalHole> holes(DatabaseId database) {
        return ledger(database).list();
    }

    /// A window that is not as it was told last.
    ///
    /// @param closed gaps that have ended
    public record Now(Recoverability window, List<WalGapClosed> closed) {}

    /// Looks at a database's window; empty where it is as it was told last.
    ///
    /// @param backups of any of its clusters
    public Optional<Now> look(DatabaseId database, Collection<KeptBackup> backups, Instant now) {
        HoleLedger ledger = ledger(database);
        Optional<WalIndex> index = WalIndex.of(chunks(database));
        List<WalGapClosed> closed = index.map(known -> ledger.settle(known, backups))
                .map(settled -> closed(database, settled, now))
                .orElse(List.of());
        Recoverability window = new Recoverability(
                new EventHeader(
                        UUID.nameUUIDFromBytes(
                                ("Recoverability/" + database + "/" + now).getBytes(StandardCharsets.UTF_8)),
                        database,
                        now,
                        null),
                index.map(WalIndex::system).orElse(null),
                index.map(known -> new Reachability(known, backups, ledger.list()).ranges())
                        .orElse(List.of()),
                ledger.list(),
                ledger.open(),
                index.map(WalIndex::lastArchivedAt).orElse(null),
                null);
        Recoverability before = told.put(database, window);
        return before != null && closed.isEmpty() && isSame(before, window)
                ? Optional.empty()
                : Optional.of(new Now(window, closed));
    }

    private static boolean isSame(Recoverability before, Recoverability now) {
        return new Recoverability(
                        now.header(),
                        before.systemIdentifier(),
                        before.ranges(),
                        before.holes(),
                        before.openGaps(),
                        before.lastArchivedAt(),
                        before.rpoMs())
                .equals(now);
    }

    private static List<WalGapClosed> closed(DatabaseId database, HoleLedger.Settled settled, Instant now) {
        return Stream.concat(
                        settled.filled().stream().map(hole -> closed(database, hole, GapAction.BACKFILL, now)),
                        settled.passed().stream().map(hole -> closed(database, hole, GapAction.NEW_BACKUP, now)))
                .toList();
    }

    private static WalGapClosed closed(DatabaseId database, WalHole hole, GapAction action, Instant now) {
        byte[] about =
                ("WalGapClosed/" + database + "/" + hole.gapId() + "/" + hole.toLsn()).getBytes(StandardCharsets.UTF_8);
        return new WalGapClosed(
                new EventHeader(UUID.nameUUIDFromBytes(about), database, now, null),
                hole.gapId(),
                hole.systemIdentifier(),
                hole.timeline(),
                hole.fromLsn(),
                hole.toLsn(),
                action);
    }

    /// The chunks that have changed since this was asked last, by key; empty for one of which nothing is left.
    public Map<String, Optional<WalIndexChunk>> drain() {
        Map<String, Optional<WalIndexChunk>> drained = new TreeMap<>();
        changed.forEach(key -> drained.put(key, Optional.ofNullable(chunks.get(key))));
        changed.clear();
        return drained;
    }
}

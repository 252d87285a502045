package io.walkback.scheduler.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.domain.window.WalIndex;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.wal.SegmentRange;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.expiry.RepositoryAccess;
import io.walkback.scheduler.state.State;
import io.walkback.scheduler.trigger.Rounds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks whether the repository still lists what the index says is in it (F39). A segment that two looks in a row
/// did not find is declared missing: the window splits there, a restore into it is refused, and people are told.
///
/// A look lists the names of the segments of a database's current cluster and reads none of them: 100 requests for
/// 100,000 segments in a bucket. The index is read before the listing, so what is archived meanwhile is not missed;
/// the second look lets an expiry that had told of it, and a listing that was behind, have their time. Of the names
/// a bit each is kept, for as long as the look takes.
///
/// A repository that cannot be listed says nothing about what is in it. [#tick] is for one thread and never waits.
public final class ArchiveCheck implements AutoCloseable {
    /// Ten minutes from the loss to the alarm, the second look included.
    static final Duration EVERY = Duration.ofMinutes(9);

    static final Duration AGAIN = Duration.ofSeconds(30);

    /// Of a whole archive that is riddled with holes the rest is told at the next looks.
    static final int MOST = 100;

    private static final int AT_ONCE = 4;
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveCheck.class);

    private final State state;
    private final RepositoryAccess repositories;
    private final CommandWriter commands;
    private final Clock clock;
    private final Rounds rounds;
    private final Map<DatabaseId, Map<TimelineId, BitSet>> suspects = new ConcurrentHashMap<>();

    /// @param onFatal told of what is no silence of the repository or the brokers
    public ArchiveCheck(
            State state,
            RepositoryAccess repositories,
            CommandWriter commands,
            Clock clock,
            Consumer<Throwable> onFatal) {
        this.state = state;
        this.repositories = repositories;
        this.commands = commands;
        this.clock = clock;
        this.rounds = new Rounds("archive-check", AT_ONCE, clock, onFatal);
    }

    /// Begins the looks whose time has come; without a repository there are none.
    public void tick() {
        if (repositories.isConfigured()) {
            rounds.begin(state.databases().all().toList(), this::look);
        }
    }

    /// Whether no look is under way.
    boolean isQuiet() {
        return rounds.isQuiet();
    }

    /// @return when to look again
    private Instant look(DatabaseRegistration database) {
        DatabaseId id = database.id();
        Instant begun = clock.instant();
        try {
            List<WalIndexChunk> chunks = state.walOf(id).toList();
            Optional<SystemIdentifier> system = WalIndex.of(chunks).map(WalIndex::system);
            if (system.isEmpty()) {
                return begun.plus(EVERY);
            }
            List<WalIndexChunk> current = chunks.stream()
                    .filter(chunk -> chunk.systemIdentifier().equals(system.get()))
                    .toList();
            Map<TimelineId, BitSet> missing = missing(id, system.get(), current);
            Map<TimelineId, BitSet> before = suspects.getOrDefault(id, Map.of());
            List<WalGapDetected> gaps = gaps(id, current, missing, before);
            if (!gaps.isEmpty()) {
                declare(id, gaps);
            }
            if (missing.isEmpty() || !gaps.isEmpty()) {
                suspects.remove(id);
                return begun.plus(EVERY);
            }
            suspects.put(id, missing);
            return begun.plus(AGAIN);
        } catch (PlatformException away) {
            LOG.atWarn()
                    .setCause(away)
                    .addKeyValue("databaseId", id)
                    .addKeyValue("failureCode", away.code())
                    .log("not looked whether archived wal is still there, done at the next look");
            return begun.plus(suspects.containsKey(id) ? AGAIN : EVERY);
        }
    }

    /// What the index has and the listing has not, by number; no timeline without any.
    private Map<TimelineId, BitSet> missing(DatabaseId database, SystemIdentifier system, List<WalIndexChunk> chunks) {
        Map<TimelineId, BitSet> missing = new TreeMap<>();
        try (Repository repository = repositories.open()) {
            Optional<LineageRepository> lineage = repository.current(database);
            if (lineage.isEmpty()) {
                LOG.atError()
                        .addKeyValue("databaseId", database)
                        .addKeyValue("repository", repository.store().location())
                        .log("the index has wal of a database that this repository does not know: is it the one that"
                                + " the workers write to");
                return missing;
            }
            if (!lineage.get().lineage().system().equals(system)) {
                // Adopted, and nothing of the new cluster has been archived yet.
                return missing;
            }
            chunks.forEach(chunk -> mark(chunk, missing.computeIfAbsent(chunk.timeline(), _ -> new BitSet())));
            missing.forEach((timeline, expected) -> {
                for (SegmentRange range : lineage.get().wal().ranges(timeline)) {
                    expected.clear(
                            Math.toIntExact(range.first().number()),
                            Math.toIntExact(range.last().number()) + 1);
                }
            });
        }
        missing.values().removeIf(BitSet::isEmpty);
        return missing;
    }

    private static void mark(WalIndexChunk chunk, BitSet there) {
        for (int index = 0; index < chunk.segments().size(); index++) {
            if (chunk.segments().has(index)) {
                there.set(Math.toIntExact(chunk.firstSegment() + index));
            }
        }
    }

    /// Each run of segments that neither this look nor the one before it found.
    private List<WalGapDetected> gaps(
            DatabaseId database,
            List<WalIndexChunk> chunks,
            Map<TimelineId, BitSet> missing,
            Map<TimelineId, BitSet> before) {
        List<WalGapDetected> gaps = new ArrayList<>();
        missing.forEach((timeline, gone) -> {
            BitSet both = (BitSet) gone.clone();
            both.and(before.getOrDefault(timeline, new BitSet()));
            for (int first = both.nextSetBit(0); first >= 0 && gaps.size() < MOST; ) {
                int end = both.nextClearBit(first);
                gaps.add(gap(database, chunks, timeline, first, end));
                first = both.nextSetBit(end);
            }
        });
        return gaps;
    }

    private WalGapDetected gap(
            DatabaseId database, List<WalIndexChunk> chunks, TimelineId timeline, int first, int end) {
        WalIndexChunk any = chunks.getFirst();
        Lsn from = new WalSegment(timeline, first, any.segmentSize()).start();
        Lsn to = new WalSegment(timeline, end, any.segmentSize()).start();
        String gapId = WalGapDetected.REMOVED + any.systemIdentifier() + "/" + timeline + "/" + from;
        Instant now = clock.instant();
        return new WalGapDetected(
                new EventHeader(
                        UUID.nameUUIDFromBytes(("WalGapDetected/" + database + "/" + gapId + "/" + to).getBytes(UTF_8)),
                        database,
                        now,
                        null),
                gapId,
                any.systemIdentifier(),
                timeline,
                from,
                to,
                (end - first) + " segments that were stored have been removed from the repository",
                lastCommit(chunks, timeline, first - 1, first),
                lastCommit(chunks, timeline, first, end),
                GapAction.NONE);
    }

    private static @Nullable Instant lastCommit(List<WalIndexChunk> chunks, TimelineId timeline, int from, int to) {
        long latest = SegmentFigures.NO_COMMIT;
        for (WalIndexChunk chunk : chunks) {
            if (chunk.timeline().equals(timeline)) {
                for (int index = 0; index < chunk.segments().size(); index++) {
                    long number = chunk.firstSegment() + index;
                    if (number >= from && number < to) {
                        latest = Math.max(latest, chunk.segments().lastCommit(index));
                    }
                }
            }
        }
        return SegmentFigures.time(latest);
    }

    private void declare(DatabaseId database, List<WalGapDetected> gaps) {
        LOG.atError()
                .addKeyValue("databaseId", database)
                .addKeyValue("holes", gaps.size())
                .addKeyValue("from", gaps.getFirst().fromLsn())
                .log("archived wal has been removed from the repository: moments in it cannot be recovered");
        commands.write(
                new Act(
                        "schedule",
                        "wal.gap",
                        gaps.getFirst().gapId(),
                        database,
                        AuditOutcome.SUCCEEDED,
                        null,
                        Map.of("holes", Integer.toString(gaps.size()))),
                gaps);
    }

    /// Ends the looks that are under way.
    @Override
    public void close() {
        rounds.close();
    }
}

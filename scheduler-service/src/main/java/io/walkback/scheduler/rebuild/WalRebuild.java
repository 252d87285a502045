package io.walkback.scheduler.rebuild;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.wal.CommitTimes;
import io.walkback.repository.wal.SegmentRange;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.expiry.RepositoryAccess;
import io.walkback.scheduler.state.State;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Tells of WAL that the current lineage of a database has and the index does not know, a page at a time.
/// Thread-safe.
///
/// Each segment is told as the worker that stored it would have, under the same id, so whoever heard of it knows
/// that. What retention has removed in the meantime stays removed: the segment's own time goes along.
public final class WalRebuild {
    /// Segments to a page, each one or two small reads.
    static final int PAGE = 200;

    private final State state;
    private final RepositoryAccess repositories;
    private final CommandWriter commands;
    private final int size;

    public WalRebuild(State state, RepositoryAccess repositories, CommandWriter commands) {
        this(state, repositories, commands, PAGE);
    }

    WalRebuild(State state, RepositoryAccess repositories, CommandWriter commands, int size) {
        this.state = state;
        this.repositories = repositories;
        this.commands = commands;
        this.size = size;
    }

    /// @param segments that were told, or would be
    /// @param next     the segment after which the next page begins; null: this was the last
    public record Page(int segments, @Nullable String next) {}

    /// One page. Throws [IllegalArgumentException] for an `after` that no page gave.
    ///
    /// @param dryRun looks and tells nothing
    public Page page(DatabaseId database, @Nullable String after, boolean dryRun) {
        try (Repository repository = repositories.open()) {
            LineageRepository lineage = repository
                    .current(database)
                    .orElseThrow(() -> new OperatorActionException(
                            FailureCode.DATABASE_UNKNOWN,
                            "repository '" + repository.store().location() + "' has nothing of database '" + database
                                    + "'",
                            "Known are " + repository.databases() + "."));
            int bytes = lineage.lineage().geometry().walSegmentSize();
            WalSegment from = after == null ? null : WalSegment.parse(after, bytes);
            List<WalSegment> unknown = unknown(database, lineage).stream()
                    .filter(segment -> from == null || segment.compareTo(from) > 0)
                    .limit(size)
                    .toList();
            if (!dryRun && !unknown.isEmpty()) {
                tell(database, lineage, unknown);
            }
            return new Page(
                    unknown.size(),
                    unknown.size() < size ? null : unknown.getLast().fileName());
        }
    }

    /// Lists the timelines; an index of the current lineage alone is looked at.
    private List<WalSegment> unknown(DatabaseId database, LineageRepository lineage) {
        SystemIdentifier system = lineage.lineage().system();
        Map<TimelineId, Set<Long>> known = new HashMap<>();
        Set<TimelineId> timelines = new TreeSet<>(lineage.wal().histories());
        timelines.add(TimelineId.FIRST);
        state.walOf(database)
                .filter(chunk -> chunk.systemIdentifier().equals(system))
                .forEach(chunk -> {
                    timelines.add(chunk.timeline());
                    known.computeIfAbsent(chunk.timeline(), _ -> new HashSet<>())
                            .addAll(numbers(chunk));
                });
        List<WalSegment> unknown = new ArrayList<>();
        for (TimelineId timeline : timelines) {
            for (SegmentRange range : lineage.wal().ranges(timeline)) {
                LongStream.rangeClosed(range.first().number(), range.last().number())
                        .filter(number ->
                                !known.getOrDefault(timeline, Set.of()).contains(number))
                        .mapToObj(number ->
                                new WalSegment(timeline, number, range.first().size()))
                        .forEach(unknown::add);
            }
        }
        return unknown;
    }

    private static List<Long> numbers(WalIndexChunk chunk) {
        SegmentFigures segments = chunk.segments();
        return LongStream.range(0, segments.size())
                .filter(index -> segments.has((int) index))
                .map(index -> chunk.firstSegment() + index)
                .boxed()
                .toList();
    }

    private void tell(DatabaseId database, LineageRepository lineage, List<WalSegment> segments) {
        WalArchive archive = lineage.wal();
        SystemIdentifier system = lineage.lineage().system();
        Map<TimelineId, Optional<List<TimelineHistory.Branch>>> histories = new HashMap<>();
        List<WalSegmentArchived> facts = segments.stream()
                .flatMap(segment -> archive.findSegment(segment).stream()
                        .map(stored -> fact(
                                database,
                                system,
                                segment,
                                stored,
                                since(database, system, segment, stored.storedAt()),
                                histories.computeIfAbsent(
                                        segment.timeline(), timeline -> ancestors(archive, timeline)))))
                .toList();
        commands.write(
                new Act(
                        "api",
                        "wal-index.rebuild",
                        segments.getFirst().fileName(),
                        database,
                        AuditOutcome.SUCCEEDED,
                        null,
                        Map.of("segments", Integer.toString(facts.size()))),
                facts);
    }

    /// One that was removed, and that somebody has put back as it was, is there since then and not since it was
    /// first stored.
    private Instant since(DatabaseId database, SystemIdentifier system, WalSegment segment, Instant stored) {
        return state.recoverability().find(database.value()).stream()
                .flatMap(window -> window.holes().stream())
                .filter(hole -> hole.isRemoval()
                        && hole.systemIdentifier().equals(system)
                        && hole.timeline().equals(segment.timeline())
                        && hole.fromLsn().isBefore(segment.end())
                        && segment.start().isBefore(hole.toLsn()))
                .map(hole -> hole.since().plus(1, ChronoUnit.MICROS))
                .filter(removed -> removed.isAfter(stored))
                .max(Comparator.naturalOrder())
                .orElse(stored);
    }

    private static WalSegmentArchived fact(
            DatabaseId database,
            SystemIdentifier system,
            WalSegment segment,
            WalObject stored,
            Instant since,
            Optional<List<TimelineHistory.Branch>> ancestors) {
        byte[] about = ("wal-segment-archived " + database + " " + system + " " + segment.fileName())
                .getBytes(StandardCharsets.UTF_8);
        Optional<CommitTimes> times = stored.commitTimes();
        return new WalSegmentArchived(
                new EventHeader(UUID.nameUUIDFromBytes(about), database, since, null),
                system,
                segment.timeline(),
                segment.fileName(),
                segment.start(),
                segment.end(),
                stored.storedLength(),
                stored.sha256(),
                WalSource.UNKNOWN,
                times.map(CommitTimes::first).orElse(null),
                times.map(CommitTimes::last).orElse(null),
                ancestors.orElse(null));
    }

    private static Optional<List<TimelineHistory.Branch>> ancestors(WalArchive archive, TimelineId timeline) {
        return archive.findHistory(timeline).map(file -> {
            try (InputStream in = file.open()) {
                return TimelineHistory.parse(timeline, in.readAllBytes()).ancestors();
            } catch (IOException closing) {
                throw new IllegalStateException("a store's stream throws no IOException", closing);
            }
        });
    }
}

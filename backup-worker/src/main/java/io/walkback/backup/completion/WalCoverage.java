package io.walkback.backup.completion;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.operation.Facts;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether an archive has the WAL that makes a backup consistent. Stateless.
final class WalCoverage {
    private WalCoverage() {}

    /// The first segment from start to stop that is not there, or the name of the missing history file; empty when
    /// everything is.
    ///
    /// A segment that its timeline left unfinished counts as there when a descendant has it and branched off at or
    /// after `stop`: up to the branch point its bytes are the same (pitfall 7).
    static Optional<String> firstMissing(WalArchive archive, Facts.BackedUp facts) {
        TimelineId timeline = facts.timeline();
        if (!timeline.equals(TimelineId.FIRST) && archive.findHistory(timeline).isEmpty()) {
            return Optional.of(timeline.historyFileName());
        }
        return missing(archive, facts).map(WalSegment::fileName);
    }

    /// The stored segments that make a backup consistent: its own timeline's, and in place of one that was left
    /// unfinished those of other timelines under the same number. To be asked when nothing is missing.
    static List<WalSegment> needed(WalArchive archive, Facts.BackedUp facts) {
        List<WalSegment> needed = new ArrayList<>();
        archive.covering(facts.timeline(), facts.start(), facts.stop()).forEach(segment -> {
            if (archive.contains(segment)) {
                needed.add(segment);
            } else {
                archive.histories().stream()
                        .map(other -> new WalSegment(other, segment.number(), segment.size()))
                        .filter(archive::contains)
                        .forEach(needed::add);
            }
        });
        return needed;
    }

    /// The first segment from start to stop that is not there and that nobody will bring any more, because
    /// something after it is there: reception stores strictly in order, and goes past a segment only when it has
    /// declared it missing (F37), or on a timeline that left this one behind.
    static Optional<WalSegment> gone(WalArchive archive, Facts.BackedUp facts) {
        return missing(archive, facts)
                .filter(segment -> isPassed(archive, segment))
                // Both may have arrived between the two looks.
                .filter(segment -> !archive.contains(segment));
    }

    private static Optional<WalSegment> missing(WalArchive archive, Facts.BackedUp facts) {
        return archive.missing(facts.timeline(), facts.start(), facts.stop(), 1).stream()
                .findFirst()
                .filter(segment ->
                        segment.end().isBefore(facts.stop()) || !descendantHas(archive, segment, facts.stop()));
    }

    private static boolean isPassed(WalArchive archive, WalSegment segment) {
        return hasLater(archive, segment.timeline(), segment)
                || archive.histories().stream()
                        .filter(other ->
                                endOf(archive, other, segment.timeline()).isPresent())
                        .anyMatch(other -> hasLater(archive, other, segment));
    }

    private static boolean hasLater(WalArchive archive, TimelineId timeline, WalSegment segment) {
        return archive.ranges(timeline).stream().anyMatch(range -> range.last().number() > segment.number());
    }

    private static boolean descendantHas(WalArchive archive, WalSegment segment, Lsn stop) {
        for (TimelineId other : archive.histories()) {
            Optional<Lsn> branch = endOf(archive, other, segment.timeline());
            if (branch.isPresent()
                    && !branch.get().isBefore(stop)
                    && archive.contains(new WalSegment(other, segment.number(), segment.size()))) {
                return true;
            }
        }
        return false;
    }

    /// Where `descendant` branched off from `ancestor`'s part of its lineage; empty when it is none.
    private static Optional<Lsn> endOf(WalArchive archive, TimelineId descendant, TimelineId ancestor) {
        return archive.findHistory(descendant)
                .map(file -> TimelineHistory.parse(descendant, read(file)))
                .flatMap(history -> history.endOf(ancestor));
    }

    private static byte[] read(WalObject file) {
        try (InputStream in = file.open()) {
            return in.readAllBytes();
        } catch (IOException impossible) {
            throw new IllegalStateException("a store's stream throws no IOException", impossible);
        }
    }
}

package io.walkback.backup.completion;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.operation.Facts;
import io.walkback.postgres.wal.TimelineHistory;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import java.io.IOException;
import java.io.InputStream;
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
        List<WalSegment> missing = archive.missing(timeline, facts.start(), facts.stop(), 1);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        WalSegment segment = missing.getFirst();
        boolean last = !segment.end().isBefore(facts.stop());
        return last && descendantHas(archive, segment, facts.stop())
                ? Optional.empty()
                : Optional.of(segment.fileName());
    }

    private static boolean descendantHas(WalArchive archive, WalSegment segment, Lsn stop) {
        for (TimelineId other : archive.histories()) {
            Optional<Lsn> branch = archive.findHistory(other)
                    .map(file -> TimelineHistory.parse(other, read(file)))
                    .flatMap(history -> history.endOf(segment.timeline()));
            if (branch.isPresent()
                    && !branch.get().isBefore(stop)
                    && archive.contains(new WalSegment(other, segment.number(), segment.size()))) {
                return true;
            }
        }
        return false;
    }

    private static byte[] read(WalObject file) {
        try (InputStream in = file.open()) {
            return in.readAllBytes();
        } catch (IOException impossible) {
            throw new IllegalStateException("a store's stream throws no IOException", impossible);
        }
    }
}

package io.walkback.domain.window;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.RecoverableRange;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.event.WalHole;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// To which moments and positions one cluster can be walked back, by its index and its backups (P12). Immutable;
/// asks no store.
///
/// A time means the position before the first commit that is later, as the server takes it. Commit times are not in
/// the order of the log, so the latest of each segment decides: recovery to `T` ends in the first segment, counted
/// from the end of the backup, that holds a commit later than `T`. Before a hole the last time that counts is
/// therefore one microsecond before the latest commit: what the hole held may have been earlier than that.
public final class Reachability {
    private static final Comparator<KeptBackup> NEWEST_FIRST = Comparator.comparing(KeptBackup::completedAt)
            .thenComparing(backup -> backup.base().stop())
            .reversed();

    private final WalIndex index;
    private final ClusterWal wal;
    private final List<KeptBackup> backups;
    private final List<WalHole> holes;
    private final List<RecoverableRange> ranges;

    /// @param backups of the database; those of other clusters are passed over
    /// @param holes what is known to be missing, of any cluster
    public Reachability(WalIndex index, Collection<KeptBackup> backups, Collection<WalHole> holes) {
        this.index = index;
        this.wal = index.wal();
        this.backups = backups.stream()
                .filter(backup -> backup.system().equals(index.system()))
                .sorted(NEWEST_FIRST)
                .toList();
        this.holes = holes.stream()
                .filter(hole -> hole.systemIdentifier().equals(index.system()))
                .toList();
        this.ranges = wal.stored().keySet().stream()
                .sorted()
                .flatMap(timeline -> wal.history(timeline).stream())
                .flatMap(this::rangesOf)
                .toList();
    }

    /// What one backup and the WAL after it reach.
    private record Trail(KeptBackup backup, TimelineHistory history, Lsn reach) {}

    /// By timeline and position, without overlap.
    public List<RecoverableRange> ranges() {
        return ranges;
    }

    /// @param backup to start from; null: the newest that ended before
    /// @param timeline to follow; null: that of the backup
    public Answer at(Instant time, @Nullable BackupId backup, @Nullable TimelineId timeline) {
        return first(candidate -> candidate.completedAt().isBefore(time), backup, timeline)
                .map(trail -> at(time, trail, timeline))
                .orElseGet(() -> none(Answer.Reason.NO_BACKUP, null, Near.of(ranges, time, timeline)));
    }

    /// The same for a position.
    public Answer at(Lsn position, @Nullable BackupId backup, @Nullable TimelineId timeline) {
        return first(candidate -> !candidate.base().stop().isAfter(position), backup, timeline)
                .map(trail -> {
                    if (!position.isAfter(trail.reach())) {
                        return reachable(trail, position, false);
                    }
                    return beyond(trail, Near.of(ranges, position, timeline));
                })
                .orElseGet(() -> none(Answer.Reason.NO_BACKUP, null, Near.of(ranges, position, timeline)));
    }

    private Answer at(Instant time, Trail trail, @Nullable TimelineId timeline) {
        long micros = SegmentFigures.micros(time);
        Lsn[] stop = {null};
        index.walk(trail.history(), trail.backup().base().stop(), trail.reach(), (segment, _, lastCommit) -> {
            if (lastCommit > micros) {
                stop[0] = segment.end();
            }
            return stop[0] == null;
        });
        if (stop[0] != null) {
            return reachable(trail, stop[0], false);
        }
        if (resumes(trail).isEmpty() && !time.isAfter(until(trail.history(), trail.reach()))) {
            return reachable(trail, trail.reach(), true);
        }
        return beyond(trail, Near.of(ranges, time, timeline));
    }

    private Optional<Trail> first(
            Predicate<KeptBackup> before, @Nullable BackupId backup, @Nullable TimelineId timeline) {
        return backups.stream()
                .filter(before)
                .filter(candidate -> backup == null || candidate.base().backup().equals(backup))
                .flatMap(candidate -> trail(candidate, timeline).stream())
                .findFirst();
    }

    /// Empty where the history is not known, the backup is none of the lineage, or its own WAL is not all there.
    private Optional<Trail> trail(KeptBackup backup, @Nullable TimelineId timeline) {
        Base base = backup.base();
        return wal.history(timeline == null ? base.timeline() : timeline)
                .filter(history -> history.containing(base.stop().plus(-1)).equals(base.timeline()))
                .map(history -> new Trail(backup, history, wal.reach(history, base.start())))
                .filter(trail -> !trail.reach().isBefore(base.stop()));
    }

    private Answer reachable(Trail trail, Lsn upTo, boolean atEnd) {
        Lsn start = trail.backup().base().start();
        long[] sums = {0, 0};
        index.walk(trail.history(), start, upTo, (_, stored, _) -> {
            sums[0]++;
            sums[1] += stored;
            return true;
        });
        return new Answer.Reachable(
                trail.backup(), trail.history().timeline(), upTo, sums[0], sums[1], upTo.minus(start), atEnd);
    }

    private Answer beyond(Trail trail, Near near) {
        return resumes(trail)
                .map(to -> none(Answer.Reason.HOLE, missing(trail, to), near))
                .orElseGet(() -> none(Answer.Reason.END, null, near));
    }

    private static Answer none(Answer.Reason reason, Answer.@Nullable Missing hole, Near near) {
        return new Answer.Unreachable(reason, hole, near.before(), near.after());
    }

    private Answer.Missing missing(Trail trail, Lsn to) {
        Lsn from = trail.reach();
        TimelineId timeline = trail.history().containing(from.plus(wal.segmentSize() - 1L));
        WalHole declared = holes.stream()
                .filter(hole -> isMember(trail.history(), hole.timeline())
                        && hole.fromLsn().isBefore(to)
                        && hole.toLsn().isAfter(from))
                .findFirst()
                .orElse(null);
        return new Answer.Missing(timeline, from, to, declared);
    }

    /// Where WAL of the lineage goes on after the reach; empty at the end of the archive.
    private Optional<Lsn> resumes(Trail trail) {
        Lsn reach = trail.reach();
        return wal.stored().entrySet().stream()
                .filter(each -> isMember(trail.history(), each.getKey())
                        && each.getKey().compareTo(trail.history().containing(reach)) >= 0)
                .flatMap(each -> each.getValue().list().stream()
                        .map(Stretch::from)
                        .filter(from -> from.isAfter(reach)
                                && trail.history()
                                        .endOf(each.getKey())
                                        .filter(end -> !from.isBefore(end))
                                        .isEmpty()))
                .min(Comparator.naturalOrder());
    }

    private static boolean isMember(TimelineHistory history, TimelineId timeline) {
        return history.timeline().equals(timeline) || history.endOf(timeline).isPresent();
    }

    /// The latest time that the end of the archive covers: as far as is known nothing was committed later.
    private Instant until(TimelineHistory history, Lsn reach) {
        Stream<Instant> ended = backups.stream()
                .filter(backup -> trail(backup, history.timeline())
                        .filter(trail -> trail.reach().equals(reach))
                        .isPresent())
                .map(KeptBackup::completedAt);
        Instant known = index.archivedAt(history.timeline()).orElse(Instant.MIN);
        return ended.max(Comparator.naturalOrder())
                .filter(completed -> completed.isAfter(known))
                .orElse(known);
    }

    private Optional<Instant> latest(TimelineHistory history, Lsn from, Lsn to) {
        long[] latest = {SegmentFigures.NO_COMMIT};
        if (from.isBefore(to)) {
            index.walk(history, from, to, (_, _, lastCommit) -> {
                latest[0] = Math.max(latest[0], lastCommit);
                return true;
            });
        }
        return Optional.ofNullable(SegmentFigures.time(latest[0]));
    }

    private Stream<RecoverableRange> rangesOf(TimelineHistory history) {
        Map<BackupId, KeptBackup> byId = backups.stream()
                .collect(Collectors.toMap(backup -> backup.base().backup(), Function.identity(), (first, _) -> first));
        return RecoverableWindow.of(
                        history.timeline(),
                        wal,
                        byId.values().stream().map(KeptBackup::base).toList())
                .ranges()
                .stream()
                .map(range -> range(
                        history,
                        range,
                        Objects.requireNonNull(byId.get(range.oldest().backup()))));
    }

    private RecoverableRange range(TimelineHistory history, RecoverableWindow.Range range, KeptBackup oldest) {
        Instant from = oldest.completedAt();
        if (oldest.base().stop().isBefore(range.from())) {
            // An ancestor's backup: this timeline begins with the last commit before the branch point.
            Instant branched =
                    latest(history, oldest.base().stop(), range.from()).orElse(from);
            from = branched.isAfter(from) ? branched : from;
        }
        Instant first = from.plus(1, ChronoUnit.MICROS);
        Optional<Instant> to = resumes(new Trail(oldest, history, range.to())).isEmpty()
                ? Optional.of(until(history, range.to()))
                : beforeHole(history, range.to());
        Optional<Instant> last = to.filter(time -> !time.isBefore(first));
        return new RecoverableRange(
                history.timeline(),
                range.oldest().backup(),
                range.from(),
                range.to(),
                last.isPresent() ? first : null,
                last.orElse(null));
    }

    /// The last time before a hole at `reach` from which it is certain that recovery ends before the hole. Where
    /// the newest backup has no later commit before the hole, times after its end lead nowhere.
    private Optional<Instant> beforeHole(TimelineHistory history, Lsn reach) {
        // Whatever the clock said before the hole, a backup that ended after it is the one to start from.
        Instant newer = backups.stream()
                .filter(backup -> backup.base().stop().isAfter(reach)
                        && trail(backup, history.timeline()).isPresent())
                .map(KeptBackup::completedAt)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
        for (KeptBackup backup : backups) {
            if (trail(backup, history.timeline())
                    .filter(trail -> trail.reach().equals(reach))
                    .isEmpty()) {
                continue;
            }
            Optional<Instant> last = latest(history, backup.base().stop(), reach)
                    .map(time -> time.minus(1, ChronoUnit.MICROS))
                    .filter(time -> time.isAfter(backup.completedAt()));
            if (last.isPresent()) {
                return Optional.of(last.get().isAfter(newer) ? newer : last.get());
            }
            newer = backup.completedAt();
        }
        return Optional.empty();
    }
}

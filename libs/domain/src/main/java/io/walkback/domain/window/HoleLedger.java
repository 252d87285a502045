package io.walkback.domain.window;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.HoleStatus;
import io.walkback.domain.event.WalExpired;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalHole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What is known to be missing of one database's WAL, and why. For one thread.
///
/// Stretches that retention removed and that touch are one; declared gaps keep their ids. A gap goes when its WAL
/// is there after all, and is harmless once a backup that began after it is complete: then recovery leads past it,
/// and only moments in it stay out of reach.
public final class HoleLedger {
    static final String EXPIRED = "retention removed it, no kept backup needed it";

    private static final Comparator<WalHole> ORDER = Comparator.comparing(
                    WalHole::systemIdentifier, Comparator.comparingLong(SystemIdentifier::value))
            .thenComparing(WalHole::timeline)
            .thenComparing(WalHole::fromLsn)
            .thenComparing(WalHole::gapId);

    private final List<WalHole> holes;

    HoleLedger(Collection<WalHole> known) {
        this.holes = new ArrayList<>(known);
    }

    /// By cluster, timeline and position.
    public List<WalHole> list() {
        return List.copyOf(holes);
    }

    public int open() {
        return (int)
                holes.stream().filter(hole -> hole.status() == HoleStatus.OPEN).count();
    }

    boolean knows(WalGapDetected gap) {
        return holes.stream()
                .anyMatch(hole ->
                        hole.gapId().equals(gap.gapId()) && !hole.toLsn().isBefore(gap.toLsn()));
    }

    boolean declare(WalGapDetected gap) {
        if (!gap.fromLsn().isBefore(gap.toLsn())) {
            return false;
        }
        // A gap that is told again keeps what has become of it; one that turned out longer is open again.
        if (!knows(gap)) {
            holes.removeIf(hole -> hole.gapId().equals(gap.gapId()));
            add(new WalHole(
                    gap.gapId(),
                    gap.systemIdentifier(),
                    gap.timeline(),
                    gap.fromLsn(),
                    gap.toLsn(),
                    gap.cause(),
                    gap.occurredAt(),
                    HoleStatus.OPEN));
        }
        return true;
    }

    void expire(WalExpired fact) {
        Lsn from = fact.fromLsn();
        Lsn to = fact.toLsn();
        Instant since = fact.occurredAt();
        Stretch gone = new Stretch(from, to);
        Predicate<WalHole> touching = hole -> hole.status() == HoleStatus.EXPIRED
                && hole.systemIdentifier().equals(fact.systemIdentifier())
                && hole.timeline().equals(fact.timeline())
                && new Stretch(hole.fromLsn(), hole.toLsn()).touches(gone);
        for (WalHole hole : holes.stream().filter(touching).toList()) {
            from = hole.fromLsn().isBefore(from) ? hole.fromLsn() : from;
            to = Lsn.max(to, hole.toLsn());
            since = hole.since().isAfter(since) ? hole.since() : since;
        }
        holes.removeIf(touching);
        add(expired(fact.systemIdentifier(), fact.timeline(), from, to, since));
    }

    private static WalHole expired(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to, Instant since) {
        return new WalHole(
                "expired/" + system + "/" + timeline + "/" + from,
                system,
                timeline,
                from,
                to,
                EXPIRED,
                since,
                HoleStatus.EXPIRED);
    }

    /// Whether a segment that was archived at `at` is there: not when it was removed after that.
    boolean isBack(SystemIdentifier system, TimelineId timeline, Stretch segment, Instant at) {
        Predicate<WalHole> around = hole -> hole.systemIdentifier().equals(system)
                && hole.timeline().equals(timeline)
                && hole.fromLsn().isBefore(segment.to())
                && segment.from().isBefore(hole.toLsn());
        if (holes.stream().anyMatch(hole -> hole.isRemoval() && around.test(hole) && !at.isAfter(hole.since()))) {
            return false;
        }
        Optional<WalHole> removed = holes.stream()
                .filter(hole -> hole.status() == HoleStatus.EXPIRED && around.test(hole))
                .findFirst();
        if (removed.isEmpty()) {
            return true;
        }
        WalHole hole = removed.get();
        if (!at.isAfter(hole.since())) {
            return false;
        }
        holes.remove(hole);
        if (hole.fromLsn().isBefore(segment.from())) {
            add(expired(system, timeline, hole.fromLsn(), segment.from(), hole.since()));
        }
        if (segment.to().isBefore(hole.toLsn())) {
            add(expired(system, timeline, segment.to(), hole.toLsn(), hole.since()));
        }
        return true;
    }

    private void add(WalHole hole) {
        holes.add(hole);
        holes.sort(ORDER);
    }

    /// Gaps that end, each with how.
    public record Settled(List<WalHole> filled, List<WalHole> passed) {}

    /// Takes out gaps that are filled, and marks those as harmless that a backup leads past.
    public Settled settle(WalIndex index, Collection<KeptBackup> backups) {
        List<WalHole> filled = new ArrayList<>();
        List<WalHole> passed = new ArrayList<>();
        for (int i = 0; i < holes.size(); i++) {
            WalHole hole = holes.get(i);
            if (hole.status() == HoleStatus.EXPIRED || !hole.systemIdentifier().equals(index.system())) {
                continue;
            }
            if (isFilled(hole, index)) {
                filled.add(hole);
            } else if (hole.status() == HoleStatus.OPEN
                    && backups.stream().anyMatch(backup -> leadsPast(backup, hole))) {
                passed.add(hole);
                holes.set(i, hole.with(HoleStatus.HARMLESS));
            }
        }
        holes.removeIf(hole -> filled.stream().anyMatch(each -> each.gapId().equals(hole.gapId()))
                || (hole.status() == HoleStatus.HARMLESS && isBottom(hole, index)));
        // One that is harmless now has ended before; only its place in the ledger goes.
        return new Settled(
                filled.stream().filter(hole -> hole.status() == HoleStatus.OPEN).toList(), passed);
    }

    /// Whether nothing before it is there any more, so that nobody asks why recovery does not get past it.
    private static boolean isBottom(WalHole hole, WalIndex index) {
        return hole.systemIdentifier().equals(index.system())
                && index.wal().stored().getOrDefault(hole.timeline(), Stretches.NONE).list().stream()
                        .noneMatch(stretch -> stretch.from().isBefore(hole.fromLsn()));
    }

    private static boolean leadsPast(KeptBackup backup, WalHole hole) {
        return backup.system().equals(hole.systemIdentifier())
                && backup.base().timeline().compareTo(hole.timeline()) >= 0
                && !backup.base().start().isBefore(hole.toLsn());
    }

    /// Along any lineage that the timeline of the hole is part of.
    private static boolean isFilled(WalHole hole, WalIndex index) {
        ClusterWal wal = index.wal();
        return wal.stored().keySet().stream()
                .flatMap(timeline -> wal.history(timeline).stream())
                .filter(history -> isMember(history, hole.timeline()))
                .anyMatch(history -> !wal.reach(history, hole.fromLsn()).isBefore(hole.toLsn()));
    }

    private static boolean isMember(TimelineHistory history, TimelineId timeline) {
        return history.timeline().equals(timeline) || history.endOf(timeline).isPresent();
    }
}

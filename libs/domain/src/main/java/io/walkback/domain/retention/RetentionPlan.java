package io.walkback.domain.retention;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What stays and what goes, for one moment.
///
/// @param decisions one for each backup, in the order in which they were complete
/// @param walNeeds WAL that must stay whatever its age
/// @param walKeptSince WAL that was stored at or after this stays although no backup needs it
public record RetentionPlan(List<Decision> decisions, List<WalNeed> walNeeds, Instant walKeptSince) {
    public RetentionPlan {
        decisions = List.copyOf(decisions);
        walNeeds = List.copyOf(walNeeds);
    }

    public Optional<Decision> of(BackupId backup) {
        return decisions.stream()
                .filter(decision -> decision.backup().equals(backup))
                .findFirst();
    }

    /// The backups that go.
    public List<Decision> expired() {
        return decisions.stream().filter(decision -> !decision.keeps()).toList();
    }

    /// Why the WAL from `first` up to `end` must stay; empty when no backup needs any of it.
    public Optional<WalNeed> need(SystemIdentifier system, TimelineId timeline, Lsn first, Lsn end) {
        return walNeeds.stream()
                .filter(need -> need.touches(system, timeline, first, end))
                .findFirst();
    }

    /// Whether WAL may go: nothing needs it, and it is old enough by itself.
    ///
    /// @param storedAt by the store's clock
    public boolean letsGo(SystemIdentifier system, TimelineId timeline, Lsn first, Lsn end, Instant storedAt) {
        return storedAt.isBefore(walKeptSince)
                && need(system, timeline, first, end).isEmpty();
    }

    /// A part of a stretch of WAL.
    ///
    /// @param need why it must stay; null: nothing needs it
    public record WalPart(Lsn from, Lsn to, @Nullable WalNeed need) {}

    /// A stretch of WAL, cut where what needs it changes.
    public List<WalPart> parts(WalExtent extent) {
        TreeSet<Lsn> cuts = new TreeSet<>(List.of(extent.from(), extent.to()));
        for (WalNeed need : walNeeds) {
            for (Lsn cut : need.to() == null ? List.of(need.from()) : List.of(need.from(), need.to())) {
                if (cut.isAfter(extent.from()) && cut.isBefore(extent.to())) {
                    cuts.add(cut);
                }
            }
        }
        List<WalPart> parts = new ArrayList<>();
        Lsn from = cuts.removeFirst();
        for (Lsn to : cuts) {
            // Where one need ends another part begins, and the end itself belongs to the need.
            WalNeed need =
                    need(extent.system(), extent.timeline(), from.plus(1), to).orElse(null);
            WalPart last = parts.isEmpty() ? null : parts.getLast();
            if (last != null && Objects.equals(last.need(), need)) {
                parts.set(parts.size() - 1, new WalPart(last.from(), to, need));
            } else {
                parts.add(new WalPart(from, to, need));
            }
            from = to;
        }
        return parts;
    }
}

package io.walkback.domain.retention;

import io.walkback.domain.BackupId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.Decision.Reason;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Why backups stay: each rule looked at once, for all of them. For one decision.
final class Reasons {
    /// By when they were complete, then by cluster; ids only tell equals apart (pitfall 57).
    static final Comparator<Candidate> BY_COMPLETION = Comparator.comparing(Reasons::stoppedAt)
            .thenComparing(
                    backup ->
                            backup.span() == null ? 0L : backup.span().system().value(),
                    Long::compareUnsigned)
            .thenComparing(Candidate::id);

    private final RetentionPolicy policy;
    private final Instant now;
    /// Completed ones, oldest first.
    private final List<Candidate> completed;
    private final Map<BackupId, List<Reason>> reasons = new LinkedHashMap<>();

    /// Of physical backups.
    Reasons(RetentionPolicy policy, List<Candidate> ordered, Collection<WalExtent> wal, Instant now) {
        this(policy, ordered, now);
        reached(ordered, wal);
    }

    /// Of logical backups, which reach no moment but their own.
    Reasons(RetentionPolicy policy, List<Candidate> ordered, Instant now) {
        this.policy = policy;
        this.now = now;
        this.completed = ordered.stream()
                .filter(backup -> backup.stage() == Stage.COMPLETED)
                .toList();
        ordered.stream().filter(backup -> backup.stage() != Stage.EXPIRING).forEach(this::own);
        lasts();
        window();
        KeepRules rules = policy.rules();
        newest(rules.keepCount())
                .forEach(backup ->
                        keep(backup, Rule.COUNT, "it is among the newest " + rules.keepCount() + " completed backups"));
        periods(Rule.DAILY, rules.keepDaily(), "day", day -> day);
        periods(
                Rule.WEEKLY,
                rules.keepWeekly(),
                "week",
                day -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
        periods(Rule.MONTHLY, rules.keepMonthly(), "month", day -> day.withDayOfMonth(1));
        periods(Rule.YEARLY, rules.keepYearly(), "year", day -> day.withDayOfYear(1));
    }

    List<Reason> of(Candidate backup) {
        return reasons.getOrDefault(backup.id(), List.of());
    }

    static Instant stoppedAt(Candidate backup) {
        Span span = backup.span();
        return span == null ? backup.since() : span.stoppedAt();
    }

    static Set<SystemIdentifier> lineages(Collection<Candidate> backups) {
        Set<SystemIdentifier> lineages = new LinkedHashSet<>();
        for (Candidate backup : backups) {
            Span span = backup.span();
            if (span != null) {
                lineages.add(span.system());
            }
        }
        return lineages;
    }

    /// The newest completed backup of a cluster that was complete at `instant`.
    static Optional<Candidate> newestBefore(List<Candidate> ordered, SystemIdentifier system, Instant instant) {
        return ordered.reversed().stream()
                .filter(backup -> backup.stage() == Stage.COMPLETED)
                .filter(backup -> isOf(backup, system) && !stoppedAt(backup).isAfter(instant))
                .findFirst();
    }

    static String text(Duration duration) {
        return duration.toHours() % 24 == 0 ? duration.toDays() + "d" : duration.toHours() + "h";
    }

    /// What a backup says of itself.
    private void own(Candidate backup) {
        Instant stopped = stoppedAt(backup);
        if (backup.stage() == Stage.UNFINISHED) {
            keep(backup, Rule.UNFINISHED, "it is not finished");
        }
        if (backup.stage() == Stage.AWAITING_WAL) {
            keep(backup, Rule.AWAITING_WAL, "it awaits its WAL");
        }
        if (!backup.pinnedBy().isEmpty()) {
            keep(
                    backup,
                    Rule.PINNED,
                    "it is needed by "
                            + String.join(
                                    ", ", backup.pinnedBy().stream().sorted().toList()));
        }
        backup.holds().stream().filter(hold -> hold.standsAt(now)).forEach(hold -> held(backup, hold));
        if (stopped.isAfter(now.minus(policy.rules().minimumAge()))) {
            keep(
                    backup,
                    Rule.MINIMUM_AGE,
                    "it is younger than " + text(policy.rules().minimumAge()));
        }
        if (backup.stage() == Stage.FAILED
                && completed.stream().noneMatch(other -> stoppedAt(other).isAfter(stopped))) {
            keep(backup, Rule.LAST_GOOD, "it failed, and no newer backup is complete");
        }
        Duration age = policy.rules().keepAge();
        if (backup.stage() == Stage.COMPLETED && age != null && stopped.isAfter(now.minus(age))) {
            keep(backup, Rule.AGE, "it is younger than " + text(age));
        }
    }

    private void held(Candidate backup, Hold hold) {
        keep(
                backup,
                Rule.HELD,
                "it is held by " + hold.by() + " " + (hold.until() == null ? "until released" : "until " + hold.until())
                        + ": " + hold.reason());
    }

    private void lasts() {
        newest(backup -> true).ifPresent(backup -> keep(backup, Rule.LAST_GOOD, "it is the newest completed backup"));
        newest(Candidate::proven).ifPresent(backup -> keep(backup, Rule.LAST_PROVEN, "it is the newest proven backup"));
        newest(Reasons::isClean)
                .ifPresent(backup ->
                        keep(backup, Rule.LAST_CLEAN, "it is the newest backup without page-checksum errors"));
        int minimum = policy.rules().minimumRedundancy();
        completed.reversed().stream()
                .sorted(Comparator.comparing(backup -> !isClean(backup)))
                .limit(minimum)
                .forEach(backup ->
                        keep(backup, Rule.MINIMUM_REDUNDANCY, "at least " + minimum + " completed backups are kept"));
    }

    /// Everything that was complete within the window.
    private void window() {
        Instant start = now.minus(policy.window());
        String length = text(policy.window());
        completed.stream()
                .filter(backup -> stoppedAt(backup).isAfter(start))
                .forEach(backup ->
                        keep(backup, Rule.RECOVERY_WINDOW, "it was complete within the recovery window of " + length));
    }

    /// Of each cluster whose history reaches into the window the backup from which its beginning is reached.
    private void reached(List<Candidate> ordered, Collection<WalExtent> wal) {
        Instant start = now.minus(policy.window());
        String length = text(policy.window());
        for (SystemIdentifier system : lineages(ordered)) {
            if (reachesBeyond(start, system, wal)) {
                newestBefore(ordered, system, start)
                        .ifPresent(backup -> keep(
                                backup,
                                Rule.WINDOW_START,
                                "the recovery window of " + length + " begins at " + start
                                        + ", and is reached from it"));
            }
        }
    }

    private boolean reachesBeyond(Instant start, SystemIdentifier system, Collection<WalExtent> wal) {
        boolean current = !completed.isEmpty() && isOf(completed.getLast(), system);
        return current
                || completed.stream()
                        .anyMatch(backup ->
                                isOf(backup, system) && stoppedAt(backup).isAfter(start))
                || wal.stream()
                        .anyMatch(extent -> extent.system().equals(system)
                                && extent.newestAt().isAfter(start));
    }

    /// Of the newest `count` periods that have a completed backup the first one each, one without page errors if
    /// there is any: so the choice is made once, and a later backup does not undo it.
    private void periods(Rule rule, int count, String name, UnaryOperator<LocalDate> beginning) {
        NavigableMap<LocalDate, Candidate> first = new TreeMap<>();
        for (Candidate backup : completed) {
            LocalDate period =
                    beginning.apply(stoppedAt(backup).atZone(policy.zone()).toLocalDate());
            first.merge(period, backup, (known, next) -> !isClean(known) && isClean(next) ? next : known);
        }
        first.descendingMap().entrySet().stream()
                .limit(count)
                .forEach(each -> keep(
                        each.getValue(), rule, "it is the first of the " + name + " that began on " + each.getKey()));
    }

    private List<Candidate> newest(int count) {
        return completed.reversed().stream().limit(count).toList();
    }

    private Optional<Candidate> newest(Predicate<Candidate> wanted) {
        return completed.reversed().stream().filter(wanted).findFirst();
    }

    private static boolean isClean(Candidate backup) {
        return backup.pageErrors() == 0;
    }

    private static boolean isOf(Candidate backup, SystemIdentifier system) {
        Span span = backup.span();
        return span != null && span.system().equals(system);
    }

    private void keep(Candidate backup, Rule rule, String text) {
        reasons.computeIfAbsent(backup.id(), _ -> new ArrayList<>()).add(new Reason(rule, text));
    }
}

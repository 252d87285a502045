package io.walkback.domain.retention;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.Decision.Fate;
import io.walkback.domain.retention.Decision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides what stays and what goes. Pure and stateless.
public final class Retention {
    /// By how much clocks may differ before nothing is judged old any more (F45).
    public static final Duration SKEW = Duration.ofMinutes(3);

    private Retention() {}

    /// @param backups every backup of one database that is not expired yet, of all its lineages
    /// @param wal what is stored of its WAL
    /// @param now this host's clock
    /// @param storeNow the store's clock at the same moment
    /// @throws OperatorActionException `CLOCK_SKEW` when the clock cannot be believed: nothing is old then
    public static RetentionPlan decide(
            RetentionPolicy policy,
            Collection<Candidate> backups,
            Collection<WalExtent> wal,
            Instant now,
            Instant storeNow) {
        requireTrueClock(backups, wal, now, storeNow);
        List<Candidate> ordered = backups.stream().sorted(Reasons.BY_COMPLETION).toList();
        List<Candidate> physical =
                ordered.stream().filter(backup -> !backup.logical()).toList();
        List<Candidate> logical = ordered.stream().filter(Candidate::logical).toList();
        Reasons ofPhysical = new Reasons(policy, physical, wal, now);
        Reasons ofLogical = new Reasons(policy, logical, now);
        List<Decision> decisions = new ArrayList<>();
        Set<BackupId> kept = new HashSet<>();
        for (Candidate backup : ordered) {
            Decision decision = decide(backup, backup.logical() ? ofLogical : ofPhysical, policy);
            decisions.add(decision);
            if (decision.keeps()) {
                kept.add(backup.id());
            }
        }
        return new RetentionPlan(decisions, walNeeds(policy, physical, kept, now), now.minus(ownWalAge(policy)));
    }

    /// The earliest moment at which time alone lets a completed backup go; other rules may keep it longer. Null
    /// while a hold without end stands.
    public static @Nullable Instant earliestExpiry(RetentionPolicy policy, Instant stoppedAt, Collection<Hold> holds) {
        Instant latest = stoppedAt.plus(policy.window());
        latest = later(latest, stoppedAt.plus(policy.rules().minimumAge()));
        Duration age = policy.rules().keepAge();
        if (age != null) {
            latest = later(latest, stoppedAt.plus(age));
        }
        for (Hold hold : holds) {
            if (hold.until() == null) {
                return null;
            }
            latest = later(latest, hold.until());
        }
        return latest;
    }

    private static Decision decide(Candidate backup, Reasons reasons, RetentionPolicy policy) {
        if (backup.stage() == Stage.EXPIRING) {
            return gone(backup, Rule.MARKED, "it is marked in the operation log, and a mark is never taken back");
        }
        List<Reason> keeping = reasons.of(backup);
        if (!keeping.isEmpty()) {
            return new Decision(backup.id(), Fate.KEEP, keeping);
        }
        return backup.stage() == Stage.FAILED
                ? gone(backup, Rule.FAILED, "it failed, and a newer backup is complete")
                : gone(
                        backup,
                        Rule.NO_RULE,
                        "the recovery window of " + Reasons.text(policy.window())
                                + " begins after it, and no other rule keeps it");
    }

    private static Decision gone(Candidate backup, Rule rule, String text) {
        return new Decision(backup.id(), Fate.EXPIRE, List.of(new Reason(rule, text)));
    }

    private static List<WalNeed> walNeeds(
            RetentionPolicy policy, List<Candidate> ordered, Set<BackupId> kept, Instant now) {
        Set<BackupId> continuous = continuous(policy, ordered, kept, now);
        List<WalNeed> needs = new ArrayList<>();
        for (Candidate backup : ordered) {
            Span span = backup.span();
            // What failed for want of WAL needs none any more.
            if (span == null || !kept.contains(backup.id()) || backup.stage() == Stage.FAILED) {
                continue;
            }
            boolean endless = continuous.contains(backup.id());
            needs.add(new WalNeed(
                    span.system(), span.timeline(), span.start(), endless ? null : span.stop(), backup.id()));
        }
        return needs;
    }

    /// The kept backups from which recovery may go on to any later moment.
    private static Set<BackupId> continuous(
            RetentionPolicy policy, List<Candidate> ordered, Set<BackupId> kept, Instant now) {
        Duration own = policy.rules().walRetention();
        if (own == null) {
            return kept;
        }
        Instant since = now.minus(own.compareTo(policy.window()) > 0 ? own : policy.window());
        Set<BackupId> continuous = new HashSet<>();
        for (Candidate backup : ordered) {
            // A restore that runs may want any moment after its backup.
            boolean wanted = backup.stage() != Stage.COMPLETED
                    || !backup.pinnedBy().isEmpty()
                    || Reasons.stoppedAt(backup).isAfter(since);
            if (kept.contains(backup.id()) && wanted) {
                continuous.add(backup.id());
            }
        }
        Reasons.lineages(ordered).forEach(system -> Reasons.newestBefore(ordered, system, since)
                .filter(backup -> kept.contains(backup.id()))
                .ifPresent(backup -> continuous.add(backup.id())));
        return continuous;
    }

    /// How old WAL must be that no backup needs: it may be older than the first backup, and the next one may need
    /// it (pitfall 60).
    private static Duration ownWalAge(RetentionPolicy policy) {
        Duration own = policy.rules().walRetention();
        return own != null && own.compareTo(policy.window()) > 0 ? own : policy.window();
    }

    private static void requireTrueClock(
            Collection<Candidate> backups, Collection<WalExtent> wal, Instant now, Instant storeNow) {
        Duration skew = Duration.between(storeNow, now).abs();
        if (skew.compareTo(SKEW) > 0) {
            throw skewed("the clock here says " + now + " and the store's says " + storeNow + ", " + skew.toSeconds()
                    + " s apart");
        }
        Instant newest = Instant.MIN;
        for (Candidate backup : backups) {
            newest = later(newest, backup.newest());
        }
        for (WalExtent extent : wal) {
            newest = later(newest, extent.newestAt());
        }
        if (newest.isAfter(now.plus(SKEW))) {
            throw skewed("the clock here says " + now + ", which is before the newest record, of " + newest);
        }
    }

    private static OperatorActionException skewed(String message) {
        return new OperatorActionException(
                FailureCode.CLOCK_SKEW,
                message,
                "Nothing expires until clocks agree within " + SKEW.toMinutes() + " minutes: set the time on this host"
                        + " and on the store's.");
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}

package io.walkback.domain.retention;

import static io.walkback.domain.retention.Histories.NEW;
import static io.walkback.domain.retention.Histories.OLD;
import static io.walkback.domain.retention.Histories.T0;
import static io.walkback.domain.retention.Histories.lsn;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// P5: after any history of backups, failures, holds, promotions, upgrades, expiries and clock jumps, what is kept
/// can be restored, and every moment that was promised is reached.
class RetentionPropertyTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /// An hour of WAL of one cluster.
    private record Hour(SystemIdentifier system, TimelineId timeline, Instant begin) {
        Lsn first() {
            return lsn(begin);
        }

        Lsn end() {
            return lsn(begin.plus(HOUR));
        }

        Instant storedAt() {
            return begin.plus(HOUR);
        }
    }

    /// A cluster and its repository, hour by hour.
    private static final class World {
        private final Random random;
        private final RetentionPolicy policy;
        private final List<Candidate> backups = new ArrayList<>();
        private final List<Hour> wal = new ArrayList<>();
        private SystemIdentifier system = OLD;
        private Instant systemSince = T0;
        private TimelineId timeline = TimelineId.FIRST;
        private Instant now = T0;
        private int expiries;
        private final Map<SystemIdentifier, Instant> firstCompleted = new HashMap<>();
        /// Hours since the beginning whose WAL is stored.
        private final Map<SystemIdentifier, BitSet> stored = new HashMap<>();

        World(long seed) {
            this.random = new Random(seed);
            this.policy = new RetentionPolicy(
                    Duration.ofHours(1 + random.nextInt(200)),
                    new KeepRules(
                            random.nextInt(4),
                            random.nextBoolean() ? null : Duration.ofHours(1 + random.nextInt(100)),
                            random.nextInt(3),
                            random.nextInt(3),
                            random.nextInt(3),
                            random.nextInt(2),
                            1 + random.nextInt(3),
                            Duration.ofHours(1 + random.nextInt(48)),
                            random.nextBoolean() ? null : Duration.ofHours(1 + random.nextInt(300))),
                    ZoneId.of("America/New_York"));
        }

        void live(int hours) {
            for (int hour = 0; hour < hours; hour++) {
                wal.add(new Hour(system, timeline, now));
                now = now.plus(HOUR);
                happen();
            }
        }

        private void happen() {
            int dice = random.nextInt(100);
            if (dice < 8) {
                backUp();
            } else if (dice < 10) {
                timeline = new TimelineId(timeline.value() + 1);
            } else if (dice < 11 && system.equals(OLD)) {
                system = NEW;
                systemSince = now;
                timeline = TimelineId.FIRST;
            } else if (dice < 14 && !backups.isEmpty()) {
                change(random.nextInt(backups.size()));
            } else if (dice < 20) {
                expire();
            }
        }

        private void backUp() {
            Stage[] stages = {Stage.COMPLETED, Stage.COMPLETED, Stage.COMPLETED, Stage.FAILED, Stage.AWAITING_WAL};
            Instant start = now.minus(HOUR.multipliedBy(1 + random.nextInt(3)));
            // A backup does not go on across a promotion or an upgrade.
            if (!start.isBefore(systemSince)
                    && wal.reversed().stream().limit(4).allMatch(hour -> hour.timeline()
                            .equals(timeline))) {
                backups.add(new Candidate(
                        new BackupId("b" + (900 - backups.size() - expiries) + "-" + random.nextInt(1_000_000)),
                        stages[random.nextInt(stages.length)],
                        start,
                        new Span(system, timeline, lsn(start), lsn(now), now),
                        random.nextInt(4) == 0 ? 1 : 0,
                        random.nextInt(4) == 0,
                        List.of(),
                        Set.of()));
            }
        }

        private void change(int which) {
            Candidate one = backups.get(which);
            Stage stage = one.stage() == Stage.AWAITING_WAL ? Stage.COMPLETED : one.stage();
            List<Hold> holds = random.nextBoolean()
                    ? List.of(new Hold("audit", "ann", now.plus(HOUR.multipliedBy(random.nextInt(100)))))
                    : List.of();
            Set<String> pins = random.nextInt(3) == 0 ? Set.of("restore") : Set.of();
            backups.set(
                    which,
                    new Candidate(
                            one.id(), stage, one.since(), one.span(), one.pageErrors(), one.proven(), holds, pins));
        }

        /// Runs an expiry with a clock that is right, or hours off.
        private void expire() {
            Instant clock = random.nextInt(3) == 0 ? now.plus(HOUR.multipliedBy(random.nextInt(4_000) - 2_000)) : now;
            boolean right = Duration.between(clock, now).abs().compareTo(Retention.SKEW) <= 0;
            RetentionPlan plan;
            try {
                plan = Retention.decide(policy, backups, extents(), clock, now);
            } catch (OperatorActionException refused) {
                assertThat(right)
                        .as("a right clock is believed: %s", refused.getMessage())
                        .isFalse();
                return;
            }
            assertThat(right).as("a wrong clock is not believed").isTrue();
            keepsWhatMustStay(plan);
            plan.expired().forEach(decision -> backups.removeIf(one -> one.id().equals(decision.backup())));
            wal.removeIf(
                    hour -> plan.letsGo(hour.system(), hour.timeline(), hour.first(), hour.end(), hour.storedAt()));
            expiries += plan.expired().size();
            assertThat(Retention.decide(policy, backups, extents(), now, now).expired())
                    .as("a second run has nothing left to do")
                    .isEmpty();
            stored.clear();
            wal.forEach(hour -> stored.computeIfAbsent(hour.system(), _ -> new BitSet())
                    .set((int) Duration.between(T0, hour.begin()).toHours()));
            everyKeptBackupRestores();
            everyPromisedMomentIsReached();
        }

        private List<WalExtent> extents() {
            return wal.stream()
                    .map(hour ->
                            new WalExtent(hour.system(), hour.timeline(), hour.first(), hour.end(), hour.storedAt()))
                    .toList();
        }

        private void keepsWhatMustStay(RetentionPlan plan) {
            Set<BackupId> gone =
                    Set.copyOf(plan.expired().stream().map(Decision::backup).toList());
            for (Candidate one : backups) {
                boolean untouchable = !one.pinnedBy().isEmpty()
                        || one.holds().stream().anyMatch(hold -> hold.standsAt(now))
                        || one.stage() == Stage.AWAITING_WAL;
                assertThat(untouchable && gone.contains(one.id()))
                        .as("%s must stay", one)
                        .isFalse();
            }
            assertStays(gone, Candidate::proven);
            assertStays(gone, one -> one.pageErrors() == 0);
            assertStays(gone, _ -> true);
        }

        private void assertStays(Set<BackupId> gone, Predicate<Candidate> kind) {
            backups.stream()
                    .filter(one -> one.stage() == Stage.COMPLETED)
                    .filter(kind)
                    .max(Comparator.comparing(Reasons::stoppedAt))
                    .ifPresent(last -> assertThat(gone).doesNotContain(last.id()));
        }

        private void everyKeptBackupRestores() {
            for (Candidate one : backups) {
                Span span = one.span();
                if (span != null && one.stage() != Stage.FAILED) {
                    assertThat(reaches(one, span.stoppedAt()))
                            .as("%s has its WAL from start to stop", one)
                            .isTrue();
                }
            }
        }

        private void everyPromisedMomentIsReached() {
            Instant begin = now.minus(policy.window());
            for (Hour hour : wal) {
                Instant moment = hour.begin().plus(Duration.ofMinutes(30));
                if (moment.isAfter(begin) && wasEverReachable(hour.system(), moment)) {
                    assertThat(backups.stream().anyMatch(one -> one.stage() == Stage.COMPLETED && reaches(one, moment)))
                            .as("%s is reached at %s", moment, now)
                            .isTrue();
                }
            }
        }

        /// Whether a backup of the same cluster was complete before it.
        private boolean wasEverReachable(SystemIdentifier of, Instant moment) {
            Instant first = firstCompleted.getOrDefault(of, Instant.MAX);
            return !first.isAfter(moment);
        }

        void remember() {
            for (Candidate one : backups) {
                Span span = one.span();
                if (span != null && one.stage() == Stage.COMPLETED) {
                    firstCompleted.merge(span.system(), span.stoppedAt(), (a, b) -> a.isBefore(b) ? a : b);
                }
            }
        }

        private boolean reaches(Candidate one, Instant moment) {
            Span span = one.span();
            if (span == null || span.stoppedAt().isAfter(moment)) {
                return false;
            }
            int begin = (int) Duration.between(T0, T0.plusSeconds(span.start().bytes() - 1_000_000))
                    .toHours();
            int end = (int) ((Duration.between(T0, moment).toMinutes() + 59) / 60);
            return stored.getOrDefault(span.system(), new BitSet()).nextClearBit(begin) >= end;
        }
    }

    @Property(tries = 100)
    void p5KeepsEveryPromiseThroughAnyHistory(@ForAll long seed) {
        World world = new World(seed);
        for (int hour = 0; hour < 500; hour++) {
            world.live(1);
            world.remember();
        }
    }
}

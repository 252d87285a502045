package io.walkback.domain.retention;

import static io.walkback.domain.retention.Histories.NEW;
import static io.walkback.domain.retention.Histories.OLD;
import static io.walkback.domain.retention.Histories.ONE;
import static io.walkback.domain.retention.Histories.backup;
import static io.walkback.domain.retention.Histories.completed;
import static io.walkback.domain.retention.Histories.day;
import static io.walkback.domain.retention.Histories.decide;
import static io.walkback.domain.retention.Histories.expired;
import static io.walkback.domain.retention.Histories.lsn;
import static io.walkback.domain.retention.Histories.policy;
import static io.walkback.domain.retention.Histories.rules;
import static io.walkback.domain.retention.Histories.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.Decision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Duration WEEK = Duration.ofDays(7);

    private static List<Rule> rulesOf(RetentionPlan plan, String id) {
        return plan.of(new BackupId(id)).orElseThrow().reasons().stream()
                .map(Reason::rule)
                .toList();
    }

    private static List<Candidate> nightly(int days) {
        return IntStream.rangeClosed(1, days)
                .mapToObj(day -> completed("d" + day, day))
                .toList();
    }

    @Test
    void keepsThirtyDaysAndTheBackupFromWhichTheirBeginningIsReached() {
        // Given the default policy and a backup a day
        RetentionPolicy policy = BackupPolicy.DEFAULT.retentionPolicy();
        // When
        RetentionPlan plan = decide(policy, 40.5, nightly(40));
        // Then the window begins on day 10.5, which is reached from the backup of day 10
        assertThat(expired(plan)).containsExactly("d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9");
        assertThat(rulesOf(plan, "d10")).containsExactly(Rule.WINDOW_START);
        assertThat(rulesOf(plan, "d11")).containsExactly(Rule.RECOVERY_WINDOW);
        assertThat(plan.of(new BackupId("d9")).orElseThrow().why())
                .isEqualTo("the recovery window of 30d begins after it, and no other rule keeps it");
        assertThat(plan.of(new BackupId("d10")).orElseThrow().why())
                .isEqualTo("the recovery window of 30d begins at 2026-01-11T12:00:00Z, and is reached from it");
    }

    @Test
    void keepsTheNewestByCountAndEverythingByAge() {
        // Given
        KeepRules byCount = rules(3, 0, 0, 0, 0);
        KeepRules byAge = new KeepRules(0, Duration.ofDays(4), 0, 0, 0, 0, 1, Duration.ofMillis(1), null);
        // When
        RetentionPlan count = decide(policy(Duration.ofHours(1), byCount), 10.5, nightly(10));
        RetentionPlan age = decide(policy(Duration.ofHours(1), byAge), 10.5, nightly(10));
        // Then
        assertThat(expired(count)).containsExactly("d1", "d2", "d3", "d4", "d5", "d6", "d7");
        assertThat(expired(age)).containsExactly("d1", "d2", "d3", "d4", "d5", "d6");
    }

    @Test
    void keepsTheFirstOfEachDayWeekMonthAndYearInTheZoneOfThePolicy() {
        // Given two backups a day for 400 days, at 00:00 and 12:00 UTC
        List<Candidate> backups = IntStream.rangeClosed(2, 800)
                .mapToObj(half -> completed("h" + half, half / 2.0))
                .toList();
        RetentionPolicy policy =
                new RetentionPolicy(Duration.ofHours(1), rules(0, 2, 2, 2, 2), ZoneId.of("America/New_York"));
        // When
        RetentionPlan plan = decide(policy, 400.6, backups);
        // Then midnight UTC is still the day before in New York, so noon is the first of a day there: of both years h2
        // and h731, of both months h731 and h793, of both weeks h779 and h793, of both days h797 and h799
        List<String> kept = plan.decisions().stream()
                .filter(Decision::keeps)
                .map(decision -> decision.backup().value())
                .toList();
        assertThat(kept).containsExactly("h2", "h731", "h779", "h793", "h797", "h799", "h800");
    }

    @Test // pitfall 28
    void neverLosesTheLastBackupWithoutPageErrorsTheLastProvenAndTheLastGoodOne() {
        // Given the clean one and the proven one are older than anything that the window wants
        List<Candidate> backups = List.of(
                completed("clean", 1),
                with(completed("proven", 2), 1, true, List.of(), Set.of()),
                with(completed("bad", 3), 1, false, List.of(), Set.of()),
                with(completed("newest", 4), 1, false, List.of(), Set.of()));
        // When
        RetentionPlan plan = decide(policy(Duration.ofHours(1), ONE), 100, backups);
        // Then
        assertThat(expired(plan)).containsExactly("bad");
        assertThat(rulesOf(plan, "clean")).contains(Rule.LAST_CLEAN, Rule.MINIMUM_REDUNDANCY);
        assertThat(rulesOf(plan, "proven")).containsExactly(Rule.LAST_PROVEN);
        assertThat(rulesOf(plan, "newest")).contains(Rule.LAST_GOOD, Rule.WINDOW_START);
    }

    @Test // pitfall 58
    void doesNotCountFailedBackupsNorLetsAQuickSuccessionPushOldOnesOut() {
        // Given three good ones, then a burst of failures and of backups by hand
        List<Candidate> backups = List.of(
                completed("a", 1),
                completed("b", 2),
                completed("c", 3),
                backup("failed1", Stage.FAILED, 9.1, NEW),
                backup("failed2", Stage.FAILED, 9.2, NEW),
                backup("waiting", Stage.AWAITING_WAL, 9.3, NEW));
        KeepRules three = new KeepRules(3, null, 0, 0, 0, 0, 1, Duration.ofDays(1), null);
        // When
        RetentionPlan plan = decide(policy(Duration.ofHours(1), three), 9.5, backups);
        // Then
        assertThat(expired(plan)).isEmpty();
        assertThat(rulesOf(plan, "a")).containsExactly(Rule.COUNT);
        assertThat(rulesOf(plan, "failed1")).containsExactly(Rule.MINIMUM_AGE, Rule.LAST_GOOD);
        assertThat(rulesOf(plan, "waiting")).contains(Rule.AWAITING_WAL);
    }

    @Test
    void letsAFailedBackupGoOnceANewerOneIsComplete() {
        // Given
        List<Candidate> backups = List.of(backup("failed", Stage.FAILED, 1, NEW), completed("good", 2));
        // When
        RetentionPlan plan = decide(policy(WEEK, ONE), 3, backups);
        // Then
        assertThat(rulesOf(plan, "failed")).containsExactly(Rule.FAILED);
        assertThat(plan.walNeeds()).extracting(WalNeed::backup).containsExactly(new BackupId("good"));
    }

    @Test // pitfall 57
    void ordersByCompletionAndNotByNameTimelineOrPosition() {
        // Given an upgraded cluster: names, positions and identifier of the new one sort before the old one's
        List<Candidate> backups = List.of(
                backup("z-old1", Stage.COMPLETED, 1, OLD),
                backup("z-old2", Stage.COMPLETED, 50, OLD),
                backup("a-new1", Stage.COMPLETED, 60, NEW),
                backup("a-new2", Stage.COMPLETED, 100, NEW));
        // When the window begins after all of the old one's history
        RetentionPlan plan = decide(policy(WEEK, ONE), 101, backups);
        // Then
        assertThat(expired(plan)).containsExactly("z-old1", "z-old2");
        assertThat(rulesOf(plan, "a-new1")).containsExactly(Rule.WINDOW_START);
        assertThat(rulesOf(plan, "a-new2")).contains(Rule.LAST_GOOD);
    }

    @Test
    void keepsTheOldClusterWhileTheWindowReachesIntoItsHistory() {
        // Given
        List<Candidate> backups =
                List.of(backup("old", Stage.COMPLETED, 50, OLD), backup("new", Stage.COMPLETED, 60, NEW));
        List<WalExtent> wal = List.of(new WalExtent(OLD, TimelineId.FIRST, lsn(day(49)), lsn(day(59)), day(59)));
        // When
        RetentionPlan plan = Retention.decide(policy(WEEK, ONE), backups, wal, day(62), day(62));
        // Then the window begins on day 55, which is in the old one's WAL
        assertThat(expired(plan)).isEmpty();
        assertThat(plan.need(OLD, TimelineId.FIRST, lsn(day(58)), lsn(day(59)))).isPresent();
    }

    @Test
    void keepsWhatIsPinnedHeldOrNotFinished() {
        // Given
        Hold standing = new Hold("audit", "ann", day(100));
        Hold over = new Hold("audit", "ann", day(40));
        List<Candidate> backups = List.of(
                with(completed("held", 1), 0, false, List.of(standing), Set.of()),
                with(completed("wasHeld", 2), 0, false, List.of(over), Set.of()),
                with(completed("pinned", 3), 0, false, List.of(), Set.of("restore-7")),
                backup("running", Stage.UNFINISHED, 4, NEW),
                completed("newest", 49));
        // When
        RetentionPlan plan = decide(policy(Duration.ofHours(1), ONE), 50, backups);
        // Then
        assertThat(expired(plan)).containsExactly("wasHeld");
        assertThat(plan.of(new BackupId("held")).orElseThrow().why())
                .isEqualTo("it is held by ann until 2026-04-11T00:00:00Z: audit");
        assertThat(plan.of(new BackupId("pinned")).orElseThrow().why()).isEqualTo("it is needed by restore-7");
        assertThat(rulesOf(plan, "running")).containsExactly(Rule.UNFINISHED);
    }

    @Test
    void finishesWhatIsMarkedAndDoesNotCountItAnyMore() {
        // Given
        List<Candidate> backups = List.of(completed("a", 1), backup("marked", Stage.EXPIRING, 2, NEW));
        // When
        RetentionPlan plan = decide(policy(WEEK, ONE), 3, backups);
        // Then
        assertThat(rulesOf(plan, "marked")).containsExactly(Rule.MARKED);
        assertThat(rulesOf(plan, "a")).contains(Rule.LAST_GOOD);
    }

    @Test // pitfall 54
    void keepsTheWalFromTheOldestKeptBackupOnAndNothingBelow() {
        // Given
        List<Candidate> backups = nightly(20);
        // When the window begins on day 13.5
        RetentionPlan plan = decide(policy(WEEK, ONE), 20.5, backups);
        // Then the backup of day 13 began an hour before it was complete
        Instant began = day(13).minus(Duration.ofHours(1));
        assertThat(plan.letsGo(NEW, TimelineId.FIRST, lsn(day(1)), lsn(began), day(12.9)))
                .isTrue();
        assertThat(plan.letsGo(NEW, TimelineId.FIRST, lsn(began), lsn(began).plus(1), day(12.9)))
                .isFalse();
        assertThat(plan.letsGo(NEW, new TimelineId(2), lsn(day(14)), lsn(day(15)), day(12.9)))
                .isFalse();
        assertThat(plan.letsGo(OLD, TimelineId.FIRST, lsn(day(14)), lsn(day(15)), day(12.9)))
                .isTrue();
    }

    @Test // pitfall 54
    void letsNoWalGoWhenNoBackupExpires() {
        // Given
        List<Candidate> backups = nightly(3);
        // When
        RetentionPlan plan = decide(policy(WEEK, ONE), 3.5, backups);
        // Then
        assertThat(plan.letsGo(NEW, TimelineId.FIRST, lsn(day(0)), lsn(day(0.1)), day(0.1)))
                .isFalse();
    }

    @Test // pitfall 60
    void keepsWalByItsOwnAgeWhenBackupsStopOrNeverBegan() {
        // Given no backup at all, and one that is the last for a long time
        RetentionPlan none = decide(policy(WEEK, ONE), 30, List.of());
        RetentionPlan stopped = decide(policy(WEEK, ONE), 90, List.of(completed("last", 1)));
        // Then WAL that nothing can use ages out, what the last backup needs stays
        assertThat(none.letsGo(NEW, TimelineId.FIRST, lsn(day(1)), lsn(day(2)), day(2)))
                .isTrue();
        assertThat(none.letsGo(NEW, TimelineId.FIRST, lsn(day(28)), lsn(day(29)), day(29)))
                .isFalse();
        assertThat(stopped.letsGo(NEW, TimelineId.FIRST, lsn(day(5)), lsn(day(6)), day(6)))
                .isFalse();
        // Then the first backup does not purge what came before it
        RetentionPlan first = decide(policy(WEEK, ONE), 30, List.of(completed("first", 30)));
        assertThat(first.letsGo(NEW, TimelineId.FIRST, lsn(day(28)), lsn(day(29)), day(29)))
                .isFalse();
    }

    @Test
    void keepsOnlyTheWalThatMakesAnArchivedBackupConsistentWhereWalHasARetentionOfItsOwn() {
        // Given monthly backups for a year, and continuous WAL for ten days
        KeepRules monthly = new KeepRules(0, null, 0, 0, 12, 0, 1, Duration.ofMillis(1), Duration.ofDays(10));
        // When
        RetentionPlan plan = decide(policy(WEEK, monthly), 100.5, nightly(100));
        // Then the backup of day 1 keeps its own WAL, and continuous WAL begins with the backup of day 90
        Instant began = day(1).minus(Duration.ofHours(1));
        assertThat(plan.need(NEW, TimelineId.FIRST, lsn(began), lsn(began).plus(1)))
                .isPresent();
        assertThat(plan.letsGo(NEW, TimelineId.FIRST, lsn(day(2)), lsn(day(3)), day(3)))
                .isTrue();
        assertThat(plan.need(NEW, TimelineId.FIRST, lsn(day(90)), lsn(day(91)))).isPresent();
    }

    @Test
    void cutsAStretchOfWalWhereWhatNeedsItChanges() {
        // Given an archived backup of day 1 and continuous WAL since day 90
        KeepRules monthly = new KeepRules(0, null, 0, 0, 12, 0, 1, Duration.ofMillis(1), Duration.ofDays(10));
        List<Candidate> backups = List.of(completed("old", 1), completed("base", 90), completed("new", 100));
        RetentionPlan plan = decide(policy(WEEK, monthly), 100.5, backups);
        // When
        List<RetentionPlan.WalPart> parts =
                plan.parts(new WalExtent(NEW, TimelineId.FIRST, lsn(day(0)), lsn(day(100.5)), day(100.5)));
        // Then
        Duration hour = Duration.ofHours(1);
        assertThat(parts)
                .extracting(RetentionPlan.WalPart::from)
                .containsExactly(lsn(day(0)), lsn(day(1).minus(hour)), lsn(day(1)), lsn(day(90).minus(hour)));
        assertThat(parts)
                .extracting(
                        part -> part.need() == null ? "-" : part.need().backup().value())
                .containsExactly("-", "old", "-", "base");
    }

    @Test
    void saysTheEarliestMomentAtWhichABackupMayGo() {
        // Given
        RetentionPolicy policy = policy(WEEK, new KeepRules(0, Duration.ofDays(9), 0, 0, 0, 0, 1, WEEK, null));
        // Then
        assertThat(Retention.earliestExpiry(policy, day(1), List.of())).isEqualTo(day(10));
        assertThat(Retention.earliestExpiry(policy, day(1), List.of(new Hold("audit", "ann", day(40)))))
                .isEqualTo(day(40));
        assertThat(Retention.earliestExpiry(policy, day(1), List.of(new Hold("audit", "ann", null))))
                .isNull();
    }

    @Test
    void refusesPoliciesThatKeepNothing() {
        assertThatThrownBy(() -> policy(Duration.ZERO, ONE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeepRules(-1, null, 0, 0, 0, 0, 1, WEEK, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeepRules(0, null, 0, 0, 0, 0, 0, WEEK, null))
                .hasMessage("minimumRedundancy is 1 to 10000, not 0");
        assertThatThrownBy(() -> new KeepRules(0, null, 0, 0, 0, 0, 1, Duration.ZERO, null))
                .hasMessageContaining("minimumAge");
        assertThatThrownBy(() -> new KeepRules(0, Duration.ZERO, 0, 0, 0, 0, 1, WEEK, null))
                .hasMessageContaining("keepAge");
        assertThatThrownBy(() -> new KeepRules(0, null, 0, 0, 0, 0, 1, WEEK, Duration.ofDays(-1)))
                .hasMessageContaining("walRetention");
        assertThatThrownBy(() -> new Decision(new BackupId("a"), Decision.Fate.KEEP, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

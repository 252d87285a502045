package io.walkback.domain.retention;

import static io.walkback.domain.retention.Histories.NEW;
import static io.walkback.domain.retention.Histories.ONE;
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
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.Decision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/// Logical backups stand beside physical ones: they hold no WAL and stand in for none.
class LogicalRetentionTest {
    private static final Duration WEEK = Duration.ofDays(7);

    private static Candidate dump(String id, Stage stage, double day) {
        Instant stopped = day(day);
        Instant started = stopped.minus(Duration.ofHours(1));
        return new Candidate(
                new BackupId(id),
                true,
                stage,
                started,
                stage == Stage.UNFINISHED ? null : new Span(NEW, TimelineId.FIRST, lsn(started), lsn(stopped), stopped),
                0,
                false,
                List.of(),
                Set.of());
    }

    private static Candidate dump(String id, double day) {
        return dump(id, Stage.COMPLETED, day);
    }

    private static List<Rule> rulesOf(RetentionPlan plan, String id) {
        return plan.of(new BackupId(id)).orElseThrow().reasons().stream()
                .map(Reason::rule)
                .toList();
    }

    @Test
    void aDumpNeedsNoWalHoweverOldItIs() {
        // Given a dump that is older than every physical backup, and kept
        List<Candidate> backups = List.of(dump("l1", 1), completed("p1", 20), completed("p2", 40));
        // When
        RetentionPlan plan = decide(policy(WEEK, rules(2, 0, 0, 0, 0)), 41, backups);
        // Then
        assertThat(expired(plan)).isEmpty();
        assertThat(plan.walNeeds()).extracting(WalNeed::backup).containsExactly(new BackupId("p1"), new BackupId("p2"));
        assertThat(plan.need(NEW, TimelineId.FIRST, lsn(day(0.9)), lsn(day(1.1))))
                .isEmpty();
        assertThat(plan.letsGo(NEW, TimelineId.FIRST, lsn(day(0.9)), lsn(day(1.1)), day(1.1)))
                .isTrue();
    }

    @Test
    void theBackupFromWhichTheWindowIsReachedIsNeverADump() {
        // Given a dump between the last physical backup before the window and its beginning on day 34
        List<Candidate> backups = List.of(completed("p1", 30), dump("l1", 33), completed("p2", 40), dump("l2", 40.5));
        // When
        RetentionPlan plan = decide(policy(WEEK, ONE), 41, backups);
        // Then
        assertThat(rulesOf(plan, "p1")).containsExactly(Rule.WINDOW_START);
        assertThat(expired(plan)).containsExactly("l1");
    }

    @Test // P5
    void newerDumpsAreNeitherTheNewestNorTheLastProvenNorTheLastCleanPhysicalBackup() {
        // Given physical backups that are old and, but for one, damaged; and dumps newer than all of them
        Candidate proven = with(completed("proven", 1), 3, true, List.of(), Set.of());
        Candidate clean = completed("clean", 2);
        Candidate newest = with(completed("newest", 3), 5, false, List.of(), Set.of());
        List<Candidate> backups = List.of(proven, clean, newest, dump("l1", 90), dump("l2", 95), dump("l3", 98));
        // When
        RetentionPlan plan = decide(policy(WEEK, ONE), 100, backups);
        // Then
        assertThat(expired(plan)).containsExactly("l1");
        assertThat(rulesOf(plan, "proven")).containsExactly(Rule.LAST_PROVEN);
        assertThat(rulesOf(plan, "clean")).contains(Rule.LAST_CLEAN, Rule.MINIMUM_REDUNDANCY);
        assertThat(rulesOf(plan, "newest")).contains(Rule.LAST_GOOD);
        assertThat(rulesOf(plan, "l3")).contains(Rule.LAST_GOOD, Rule.RECOVERY_WINDOW);
    }

    @Test
    void countsAndPeriodsCountEachKindByItself() {
        // Given as many dumps as physical backups
        List<Candidate> backups = new ArrayList<>();
        IntStream.rangeClosed(1, 6).forEach(day -> {
            backups.add(completed("p" + day, day));
            backups.add(dump("l" + day, day + 0.2));
        });
        // When
        RetentionPlan plan = decide(policy(Duration.ofHours(1), rules(2, 3, 0, 0, 0)), 50, backups);
        // Then the newest two by count and the third by day, of each kind
        assertThat(expired(plan)).containsExactly("p1", "l1", "p2", "l2", "p3", "l3");
    }

    @Test
    void aFailedDumpGoesWhenANewerDumpIsCompleteAndNotForAPhysicalBackup() {
        List<Candidate> backups = List.of(dump("failed", Stage.FAILED, 10), completed("p", 30));
        assertThat(expired(decide(policy(WEEK, ONE), 40, backups))).isEmpty();
        List<Candidate> later = List.of(dump("failed", Stage.FAILED, 10), completed("p", 30), dump("l", 30));
        assertThat(expired(decide(policy(WEEK, ONE), 40, later))).containsExactly("failed");
    }

    @Test
    void aDumpAwaitsNoWal() {
        assertThatThrownBy(() -> dump("l", Stage.AWAITING_WAL, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("logical");
    }

    @RepeatedTest(200) // P5
    void whateverIsDumpedPhysicalBackupsAndWalAreJudgedAsIfItWereNotThere(RepetitionInfo repetition) {
        // Given
        Random random = new Random(repetition.getCurrentRepetition());
        List<Candidate> physical = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            Candidate one = completed("p" + i, random.nextInt(60));
            physical.add(with(one, random.nextInt(2), random.nextBoolean(), List.of(), Set.of()));
        }
        List<Candidate> all = new ArrayList<>(physical);
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            Stage stage = random.nextInt(4) == 0 ? Stage.FAILED : Stage.COMPLETED;
            Candidate one = dump("l" + i, stage, random.nextInt(60));
            all.add(random.nextBoolean() ? one : with(one, 0, true, List.of(), Set.of()));
        }
        Collections.shuffle(all, random);
        RetentionPolicy policy =
                policy(Duration.ofDays(1 + random.nextInt(40)), rules(random.nextInt(3), random.nextInt(3), 1, 0, 0));
        // When
        RetentionPlan with = decide(policy, 61, all);
        RetentionPlan without = decide(policy, 61, physical);
        // Then
        assertThat(with.walNeeds()).isEqualTo(without.walNeeds());
        assertThat(with.walKeptSince()).isEqualTo(without.walKeptSince());
        physical.forEach(one -> assertThat(with.of(one.id()))
                .as("seed %d", repetition.getCurrentRepetition())
                .isEqualTo(without.of(one.id())));
    }
}

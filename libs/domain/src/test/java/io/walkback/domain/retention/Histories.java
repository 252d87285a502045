package io.walkback.domain.retention;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;

/// Backups of tests. One byte of WAL a second since [#T0], and a backup takes an hour.
final class Histories {
    static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    static final SystemIdentifier OLD = new SystemIdentifier(7_000_000_000_000_000_002L);
    static final SystemIdentifier NEW = new SystemIdentifier(7_000_000_000_000_000_001L);
    static final KeepRules ONE = rules(0, 0, 0, 0, 0);

    private Histories() {}

    /// One backup stays whatever its age, and none is too young to go.
    static KeepRules rules(int count, int daily, int weekly, int monthly, int yearly) {
        return new KeepRules(count, null, daily, weekly, monthly, yearly, 1, Duration.ofMillis(1), null);
    }

    static RetentionPolicy policy(Duration window, KeepRules rules) {
        return new RetentionPolicy(window, rules, ZoneOffset.UTC);
    }

    static Instant day(double day) {
        return T0.plusSeconds((long) (day * 86_400));
    }

    static Lsn lsn(Instant at) {
        return new Lsn(1_000_000 + Duration.between(T0, at).toSeconds());
    }

    /// A completed one, complete at `day`.
    static Candidate completed(String id, double day) {
        return backup(id, Stage.COMPLETED, day, NEW);
    }

    static Candidate backup(String id, Stage stage, double day, SystemIdentifier system) {
        Instant stopped = day(day);
        Instant started = stopped.minus(Duration.ofHours(1));
        return new Candidate(
                new BackupId(id),
                stage,
                started,
                stage == Stage.UNFINISHED
                        ? null
                        : new Span(system, TimelineId.FIRST, lsn(started), lsn(stopped), stopped),
                0,
                false,
                List.of(),
                Set.of());
    }

    static Candidate with(Candidate one, long pageErrors, boolean proven, List<Hold> holds, Set<String> pins) {
        return new Candidate(
                one.id(), one.logical(), one.stage(), one.since(), one.span(), pageErrors, proven, holds, pins);
    }

    static RetentionPlan decide(RetentionPolicy policy, double day, List<Candidate> backups) {
        return Retention.decide(policy, backups, List.of(), day(day), day(day));
    }

    static List<String> expired(RetentionPlan plan) {
        return plan.expired().stream()
                .map(decision -> decision.backup().value())
                .toList();
    }
}

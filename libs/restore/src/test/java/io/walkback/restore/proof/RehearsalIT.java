package io.walkback.restore.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.operation.Assertion;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Verdict;
import io.walkback.postgres.heartbeat.HeartbeatTable;
import io.walkback.restore.SourceCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Rehearsals of one sound source, whose repository is damaged for a while.
class RehearsalIT {
    private static final RecoveryTarget LATEST = new RecoveryTarget.Latest();
    private static final String HOSTILE = "a \"b\" 'c' ü";

    private static RehearsalSource source;
    private static Instant between;

    @BeforeAll
    static void makeTheSource() throws Exception {
        source = new RehearsalSource(new SourceCluster(15));
        source.cluster.sql(
                HeartbeatTable.create(),
                "CREATE TABLE t (n int PRIMARY KEY, filler text)",
                "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g",
                "CREATE UNLOGGED TABLE u AS SELECT 1 AS n",
                "CREATE TABLE words (word text COLLATE \"C\" PRIMARY KEY)",
                "INSERT INTO words SELECT 'w' || g FROM generate_series(1, 100) g",
                "CREATE INDEX ON t USING hash (n)",
                "SELECT lo_from_bytea(0, decode(repeat('ab', 10000), 'hex'))",
                "CREATE DATABASE \"" + HOSTILE.replace("\"", "\"\"") + "\"");
        source.cluster.backup("b1");
        source.cluster.sql("INSERT INTO t VALUES (10001)");
        source.cluster.sql("UPDATE walkback.heartbeat SET written_at = clock_timestamp()");
        between = source.cluster.now();
        source.cluster.sql("INSERT INTO t VALUES (10002)");
        source.cluster.archive();
        source.cluster.sql("INSERT INTO t SELECT g, repeat('y', 500) FROM generate_series(20001, 24000) g");
        source.cluster.archive();
        source.cluster.switchTimeline();
        source.cluster.sql("INSERT INTO t VALUES (30001)");
        source.cluster.backup("b2");
        source.cluster.sql("INSERT INTO t VALUES (30002)");
        source.cluster.archive();
    }

    @AfterAll
    static void endTheSource() throws Exception {
        source.close();
    }

    private static Assertion assertion(String name, String sql) {
        return new Assertion(name, "postgres", sql);
    }

    @Test // P9
    void aSoundBackupIsProvenAndItsReportIsSigned() throws Exception {
        // When
        Facts.Rehearsed facts = source.rehearse(
                "b1",
                new RecoveryTarget.Time(between),
                assertion("exactly up to the target", "SELECT max(n) = 10001 FROM public.t"),
                new Assertion("the odd one is there", HOSTILE, "SELECT current_database() LIKE 'a %'"));
        // Then
        assertThat(facts.reason()).isNull();
        assertThat(facts.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(facts.phaseSeconds())
                .containsOnlyKeys("provision", "fetch", "verify", "replay", "promote", "first_query");
        assertThat(facts.rtoMs()).isPositive();
        assertThat(facts.rpoMs()).isBetween(0L, 60_000L);
        assertThat(facts.bytes()).isGreaterThan(20_000_000L);
        assertThat(facts.walBytes()).isPositive();
        assertThat(facts.notCovered())
                .anyMatch(line -> line.contains("public.u (unlogged"))
                .anyMatch(line -> line.contains("t_n_idx (access method hash"));
        SignedReport report = source.report();
        assertThat(report.isGenuine()).isTrue();
        assertThat(report.digest()).isEqualTo(facts.reportDigest());
        assertThat(report.report())
                .contains("\"verdict\":\"PROVEN\"", "\"heaps\":", "\"indexes\":", "\"pages\":", "\"rows\":");
        assertThat(new SignedReport(report.report().replace("PROVEN", "FAILED"), report.publicKey(), report.signature())
                        .isGenuine())
                .isFalse();
        try (Stream<Path> left = Files.list(source.scratch)) {
            assertThat(left).isEmpty();
        }
    }

    @Test // P3, P9
    void aFlippedBitInABaseFileFailsItAndNamesTheObject() throws Exception {
        // Given
        Path pack = source.objects("/packs/").getFirst();
        RehearsalSource.flip(pack);
        // When
        Facts.Rehearsed facts = source.rehearse("b1", LATEST);
        RehearsalSource.flip(pack);
        // Then
        assertFailed(facts, pack);
    }

    @Test // P3, P9
    void aFlippedBitInASegmentFailsItAndNamesTheObject() throws Exception {
        // Given
        Path segment = segment();
        RehearsalSource.flip(segment);
        // When
        Facts.Rehearsed facts = source.rehearse("b1", LATEST);
        RehearsalSource.flip(segment);
        // Then
        assertFailed(facts, segment);
    }

    @Test // P9
    void aMissingSegmentFailsItAndNamesIt() throws Exception {
        // Given
        Path segment = segment();
        Path aside = Files.move(segment, source.cluster.path("aside"));
        // When
        Facts.Rehearsed facts = source.rehearse("b1", LATEST);
        Files.move(aside, segment);
        // Then
        assertFailed(facts, segment);
    }

    @Test // P9, pitfall 41
    void aMissingHistoryFileFailsItAndNamesIt() throws Exception {
        // Given
        Path history = source.objects("00000002.history").getFirst();
        Path aside = Files.move(history, source.cluster.path("aside"));
        // When
        Facts.Rehearsed facts = source.rehearse("b2", LATEST);
        Files.move(aside, history);
        // Then
        assertFailed(facts, history);
    }

    @Test // P9, P11
    void aFalseAssertionFailsItAndNamesTheAssertionAndNoData() throws Exception {
        assertFails(assertion("too many", "SELECT count(*) < 10 FROM public.t"), "'too many' is false");
        assertFails(assertion("nothing", "SELECT NULL::boolean"), "'nothing' is null");
        assertFails(assertion("a number", "SELECT filler::int > 0 FROM public.t LIMIT 1"), "SQLSTATE 22P02");
        assertFails(assertion("writes", "INSERT INTO public.t VALUES (99999) RETURNING true"), "SQLSTATE 25006");
        assertFails(assertion("a superuser", "SELECT pg_read_file('PG_VERSION') <> ''"), "SQLSTATE 42501");
    }

    private static void assertFails(Assertion assertion, String reason) throws Exception {
        Facts.Rehearsed facts = source.rehearse("b2", new RecoveryTarget.Immediate(), assertion);
        assertThat(facts.verdict()).as(assertion.name()).isEqualTo(Verdict.FAILED);
        assertThat(facts.object()).isEqualTo(assertion.name());
        assertThat(facts.reason()).contains(reason).doesNotContain("xxx");
    }

    @Test // P9
    void whatCannotBeJudgedIsUnprovenWithItsReason() throws Exception {
        // Given a target that is not there yet
        Facts.Rehearsed facts = source.rehearse("b2", new RecoveryTarget.Time(Instant.parse("2099-01-01T00:00:00Z")));
        // Then
        assertThat(facts.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(facts.reason()).contains("TARGET_UNREACHABLE");
        assertThat(facts.isolation()).isEqualTo("not started");
        assertThat(facts.phaseSeconds()).isEmpty();
    }

    /// A segment in the middle of those that follow the first backup.
    private static Path segment() throws Exception {
        List<Path> segments = source.objects("/wal/00000001/").stream()
                .filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}.*"))
                .sorted()
                .toList();
        assertThat(segments).hasSizeGreaterThan(3);
        return segments.get(segments.size() - 2);
    }

    private static void assertFailed(Facts.Rehearsed facts, Path object) {
        assertThat(facts.verdict()).as(facts.reason()).isEqualTo(Verdict.FAILED);
        assertThat(String.valueOf(facts.object())).contains(String.valueOf(object.getFileName()));
    }
}

package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrillCommandTest {
    private static final String FAILED_DRILL = """
        {"id": "d1", "database": "shop", "state": "COMPLETED", "openedAt": "2026-11-22T07:00:00Z",
         "endedAt": "2026-11-22T07:30:00Z", "backupId": "b1", "verdict": "FAILED", "reason": "a pack is damaged",
         "object": "packs/17", "rtoMillis": 90000, "rpoMillis": null, "phaseSeconds": {"fetch": 60.0},
         "proofMillis": 1, "bytes": 1, "walBytes": 1, "reachedTime": null, "isolation": "settings-only",
         "host": "node-1", "reportDigest": null, "problem": null}\
        """;

    private final StubApi api = new StubApi();

    @AfterEach
    void stop() {
        api.close();
    }

    private Run waited(String verdict) {
        api.answer("POST", "/api/drills", 202, Bodies.ACCEPTED)
                .answer(
                        "GET",
                        "/api/operations/op-1",
                        200,
                        Bodies.operation("DRILL", "COMPLETED", "null").replace("{\"reachedLsn\": \"0/5\"}", verdict));
        return Run.of(api, "drill", "run", "--database=shop", "--wait");
    }

    @Test
    void asksForTheNewestBackupUnlessAnotherIsWanted() {
        // Given
        api.answer("POST", "/api/drills", 202, Bodies.ACCEPTED);
        // When
        Run newest = Run.of(api, "drill", "run", "--database=shop");
        Run random = Run.of(api, "drill", "run", "--database=shop", "--random", "--target=immediate");
        Run named = Run.of(api, "drill", "run", "--backup-id=b1", "--random-window=7d");
        // Then
        assertThat(newest.code()).as(newest.all()).isZero();
        assertThat(random.code()).as(random.all()).isZero();
        assertThat(named.code()).as(named.all()).isZero();
        assertThat(api.asked().get(0).body()).contains("\"database\":\"shop\"", "\"choice\":\"newest\"");
        assertThat(api.asked().get(1).body()).contains("\"choice\":\"random\"", "\"target\":\"immediate\"");
        assertThat(api.asked().get(2).body())
                .contains("\"backupId\":\"b1\"", "\"choice\":null", "\"randomWindow\":\"7d\"");
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThat(Run.of(api, "drill", "run").code()).isEqualTo(2);
        assertThat(Run.of(api, "drill", "run", "--database=shop", "--newest", "--random")
                        .code())
                .isEqualTo(2);
        assertThat(Run.of(api, "drill", "run", "--database=shop", "--target=latest", "--target-lsn=0/5")
                        .code())
                .isEqualTo(2);
        assertThat(api.asked()).isEmpty();
    }

    @Test // P9
    void isGoodOnlyWhenTheBackupWasProven() {
        // When
        Run proven = waited("{\"verdict\": \"PROVEN\", \"rtoMillis\": 90000}");
        // Then
        assertThat(proven.code()).as(proven.all()).isZero();
        assertThat(proven.out()).contains("PROVEN", "90000");
    }

    @Test // P9
    void endsWithAnIntegrityErrorThatNamesTheObjectWhenTheBackupFailed() {
        // When
        Run failed = waited("{\"verdict\": \"FAILED\", \"reason\": \"a pack is damaged\", \"object\": \"packs/17\"}");
        // Then
        assertThat(failed.code()).isEqualTo(20);
        assertThat(failed.err()).contains("a pack is damaged", "packs/17");
    }

    @Test // P9
    void doesNotPassWhatCouldNotBeJudged() {
        // When
        Run unproven = waited("{\"verdict\": \"UNPROVEN\", \"reason\": \"collation\"}");
        // Then
        assertThat(unproven.code()).isNotZero();
        assertThat(unproven.err()).contains("nothing was proven", "collation");
    }

    @Test
    void listsDrillsWithVerdictTimeAndReason() {
        // Given
        api.answer("GET", "/api/drills?database=shop&limit=200", 200, Bodies.page(FAILED_DRILL));
        // When
        Run run = Run.of(api, "drill", "list", "--database=shop");
        // Then
        assertThat(run.code()).as(run.all()).isZero();
        assertThat(run.out()).contains("FAILED", "1 min 30 s", "a pack is damaged, at packs/17");
    }
}

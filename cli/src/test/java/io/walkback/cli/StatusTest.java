package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTest {
    private static final String RECEPTION = "/api/operations?database=shop&kind=WAL_RECEPTION&live=true&limit=200";

    private final StubApi api = new StubApi();

    @AfterEach
    void stop() {
        api.close();
    }

    private Run status(String backups, String completed, String reception) {
        return status(backups, completed, reception, Bodies.WINDOW);
    }

    private Run status(String backups, String completed, String reception, String window) {
        api.answer("GET", "/api/recoverability/shop", 200, window);
        api.answer("GET", "/api/databases?limit=200", 200, Bodies.page(Bodies.DATABASE));
        api.answer("GET", RECEPTION, 200, reception);
        api.answer("GET", "/api/backup/list?database=shop&limit=200", 200, backups);
        api.answer("GET", "/api/backup/list?database=shop&state=COMPLETED&limit=200", 200, completed);
        return Run.of(api, "status");
    }

    private static String reception(String state) {
        return Bodies.page(Bodies.operation("WAL_RECEPTION", state, "null"));
    }

    @Test
    void callsABackedUpAndStreamingDatabaseUnprovenUntilARehearsalHasShownIt() {
        String backups = Bodies.page(Bodies.BACKUP);
        Run run = status(backups, backups, reception("CLAIMED"));
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("unproven", "2026-11-22T07:04:11Z", "2026-11-22T07:30:00Z", "2.5 s");
    }

    @Test // F51
    void namesOneWhoseWalIsStalledThoughSomebodyReceivesIt() {
        String backups = Bodies.page(Bodies.BACKUP);
        Run run = status(
                backups,
                backups,
                reception("CLAIMED"),
                Bodies.WINDOW.replace("\"stalled\": false", "\"stalled\": true").replace("2540", "11520000"));
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("stalled", "not become durable since 2026-11-22T07:59:57Z", "3 h 12 min");
    }

    @Test
    void callsOneWithAHoleThatNoBackupLeadsPastUnprotected() {
        String backups = Bodies.page(Bodies.BACKUP);
        Run run = status(
                backups, backups, reception("CLAIMED"), Bodies.WINDOW.replace("\"openGaps\": 0", "\"openGaps\": 2"));
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("unprotected", "2 holes in its wal");
    }

    @Test
    void callsAProvenOneProtected() {
        String proven = Bodies.page(Bodies.BACKUP.replace(
                "\"proof\": null",
                "\"proof\": {\"verdict\": \"PROVEN\", \"reason\": null, \"at\": \"2026-11-22T07:30:00Z\","
                        + " \"rtoMillis\": 1}"));
        assertThat(status(proven, proven, reception("CLAIMED")).out()).contains("  protected");
    }

    @Test // P9
    void callsOneRedWhoseNewestBackupADrillFailedAndNamesTheObject() {
        // Given
        String failed = Bodies.page(Bodies.BACKUP.replace(
                "\"proof\": null",
                "\"proof\": {\"verdict\": \"FAILED\", \"reason\": \"a pack is damaged\", \"at\":"
                        + " \"2026-11-22T07:30:00Z\", \"rtoMillis\": 1, \"object\": \"packs/17\","
                        + " \"drill\": \"d1\"}"));
        // When
        Run run = status(failed, failed, reception("CLAIMED"));
        // Then
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("red", "a pack is damaged, at packs/17");
    }

    @Test
    void tellsThatTheNewestBackupFailedThoughAnOlderOneIsThere() {
        Run run = status(
                Bodies.page(Bodies.FAILED_BACKUP, Bodies.BACKUP), Bodies.page(Bodies.BACKUP), reception("CLAIMED"));
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("red", "STORE_FULL");
    }

    @Test
    void tellsThatNothingReceivesTheWal() {
        String backups = Bodies.page(Bodies.BACKUP);
        Run run = status(backups, backups, Bodies.EMPTY_PAGE);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("stalled", "nobody receives its wal");
    }

    @ParameterizedTest
    @CsvSource({"2026-11-21T06:59:59Z, unprotected", "2026-11-21T07:00:01Z, unproven"})
    void drawsTheLineAt25Hours(String completedAt, String state) {
        String backups = Bodies.page(Bodies.BACKUP.replace("2026-11-22T07:04:10Z", completedAt));
        assertThat(status(backups, backups, reception("CLAIMED")).out()).contains(state);
    }

    @Test // P10
    void countsALogicalBackupForNothing() {
        String backups = Bodies.page(Bodies.LOGICAL_BACKUP);
        Run run = status(backups, backups, reception("CLAIMED"));
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("unprotected", "no completed backup");
    }

    @Test
    void callsADatabaseWithoutBackupUnprotected() {
        Run run = status(Bodies.EMPTY_PAGE, Bodies.EMPTY_PAGE, reception("CLAIMED"));
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("unprotected", "no completed backup");
    }
}

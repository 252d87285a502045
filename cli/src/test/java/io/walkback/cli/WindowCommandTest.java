package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WindowCommandTest {
    private static final String PATH = "/api/recoverability/shop";
    private static final String RANGE = """
        {"timeline": 1, "backupId": "b1", "fromLsn": "0/5100100", "toLsn": "0/8000000",
         "fromTime": "2026-11-22T07:04:10Z", "toTime": "2026-11-22T07:30:00Z"}\
        """;
    private static final String HOLE = """
        {"gapId": "42/1/0/8000000", "timeline": 1, "fromLsn": "0/8000000", "toLsn": "0/A000000",
         "cause": "slot lost", "since": "2026-11-22T07:40:00Z", "status": "OPEN"}\
        """;

    private final StubApi api = new StubApi();

    @AfterEach
    void stop() {
        api.close();
    }

    private static String window(String ranges, String holes, String answer) {
        return """
            {"database": "shop", "systemIdentifier": "42", "ranges": [%s], "holes": [%s], "openGaps": 1,
             "lastArchivedAt": "2026-11-22T07:41:00Z", "answer": %s}\
            """.formatted(ranges, holes, answer);
    }

    @Test
    void showsTheWindowAndItsHoles() {
        // Given
        api.answer("GET", PATH, 200, window(RANGE, HOLE, "null"));
        // When
        Run run = Run.of(api, "window", "shop");
        // Then
        assertThat(run.code()).as(run.all()).isZero();
        assertThat(run.out())
                .contains("2026-11-22T07:04:10Z", "2026-11-22T07:30:00Z", "0/5100100", "b1")
                .contains("slot lost", "open", "0/A000000");
    }

    @Test
    void saysThatADatabaseWithoutWalLeadsNowhere() {
        api.answer("GET", PATH, 200, window("", "", "null"));
        assertThat(Run.of(api, "window", "shop").out()).contains("shop cannot be walked back to any moment");
    }

    @Test // P12
    void tellsTheWayToAMoment() {
        // Given
        api.answer("GET", PATH + "?at=2026-11-22T07%3A15%3A00Z", 200, window(RANGE, HOLE, """
            {"target": "2026-11-22T07:15:00Z", "reachable": true, "way": {"backupId": "b1", "timeline": 1,
             "upToLsn": "0/7000000", "walSegments": 2, "walBytes": 4000000, "backupBytes": 209715200,
             "expectedSeconds": 12, "expectedBasis": "measured", "endOfArchive": false},
             "reason": null, "why": null, "before": null, "after": null}\
            """));
        // When
        Run run = Run.of(api, "window", "shop", "--at", "2026-11-22 08:15:00+01:00");
        // Then
        assertThat(run.code()).as(run.all()).isZero();
        assertThat(run.out()).contains("yes", "b1", "2 segments", "0/7000000", "about 12 s, measured");
    }

    @Test // P12
    void endsWith21AndTheNearestOnBothSidesWhenATargetCannotBeReached() {
        // Given
        api.answer("GET", PATH + "?lsn=0%2F9000000&timeline=1", 200, window(RANGE, HOLE, """
            {"target": "0/9000000", "reachable": false, "way": null, "reason": "HOLE",
             "why": "wal of timeline 1 from 0/8000000 to 0/A000000 is missing, slot lost",
             "before": {"timeline": 1, "lsn": "0/8000000", "time": "2026-11-22T07:30:00Z"}, "after": null}\
            """));
        // When
        Run text = Run.of(api, "window", "shop", "--lsn", "0/9000000", "--timeline", "1");
        Run json = Run.of(api, "window", "shop", "--lsn", "0/9000000", "--timeline", "1", "--output", "json");
        // Then
        assertThat(text.code()).isEqualTo(21);
        assertThat(text.out())
                .contains(
                        "slot lost", "2026-11-22T07:30:00Z, position 0/8000000 on timeline 1", "nearest after   none");
        assertThat(json.code()).isEqualTo(21);
        assertThat(json.out()).contains("\"reason\" : \"HOLE\"", "\"reachable\" : false");
    }

    @Test // pitfall 44
    void takesATimeWithItsZoneAndOneTargetOnly() {
        assertThat(Run.of(api, "window", "shop", "--at", "2026-11-22 08:15:00").code())
                .isEqualTo(2);
        assertThat(Run.of(api, "window", "shop", "--at", "2026-11-22T08:15:00Z", "--lsn", "0/9")
                        .code())
                .isEqualTo(2);
        assertThat(Run.of(api, "window").code()).isEqualTo(2);
        assertThat(api.asked()).isEmpty();
    }
}

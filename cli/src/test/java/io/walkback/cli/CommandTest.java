package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandTest {
    private static final String OPERATION = "/api/operations/op-1";

    private final StubApi api = new StubApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void listsTheCommandsThatItCanDoAndNoOther() {
        // When
        Run help = Run.of(Map.of(), "", false, "--help");
        Set<String> names = new TreeSet<>();
        Terminal nowhere = Terminal.of(
                new java.io.StringReader(""),
                new java.io.PrintWriter(new java.io.StringWriter()),
                new java.io.PrintWriter(new java.io.StringWriter()),
                false,
                false);
        CommandLine root = new Cli(Map.of(), nowhere, java.time.Clock.systemUTC()).commands();
        root.getSubcommands().forEach((name, group) -> {
            if (group.getSubcommands().isEmpty()) {
                names.add(name);
            }
            group.getSubcommands().keySet().forEach(command -> names.add(name + " " + command));
        });
        // Then
        assertThat(names).isEqualTo(Commands.IMPLEMENTED);
        assertThat(help.code()).isZero();
        Commands.IMPLEMENTED.forEach(
                name -> assertThat(help.out()).containsPattern("(?m)^  " + name.split(" ", -1)[0] + "\\b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "backup",
                "backup create",
                "databases add shop",
                "restore --database shop",
                "backup list --bogus"
            })
    void callsAWrongCommandLineUsage(String line) {
        // When
        Run run = Run.of(api, line.isEmpty() ? new String[0] : line.split(" ", -1));
        // Then
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void tellsAProblemWithCodeAndHintOnStandardError() {
        // Given
        api.answer("GET", "/api/backup/b9", 404, Bodies.problem(404, "BACKUP_UNKNOWN"));
        // When
        Run run = Run.of(api, "backup", "show", "b9");
        // Then
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("error BACKUP_UNKNOWN: it was BACKUP_UNKNOWN\nhint: Do this.\n");
    }

    @ParameterizedTest
    @CsvSource({"503, BROKER_UNAVAILABLE, 75", "403, APPROVAL_REQUIRED, 30", "409, REQUEST_CONFLICT, 11"})
    void mapsProblemsToExitCodes(int status, String code, int exit) {
        api.answer("GET", "/api/backup/b9", status, Bodies.problem(status, code));
        assertThat(Run.of(api, "backup", "show", "b9").code()).isEqualTo(exit);
    }

    @Test
    void saysThatNoServiceAnswers() {
        Run run = Run.of(Map.of("WALKBACK_API_URL", "http://127.0.0.1:1"), "", false, "databases", "list");
        assertThat(run.code()).isEqualTo(75);
        assertThat(run.err()).contains("error API_UNREACHABLE", "walkback up");
    }

    @Test // P11
    void sendsTheTokenOfEitherVariableAndPrintsItNowhere() {
        // Given
        api.answer("GET", "/api/databases?limit=200", 401, "text/plain", "no");
        String url = api.url().toString();
        // When
        Run alias = Run.of(Map.of("WALKBACK_API_URL", url, "ADMIN_TOKEN", "t0ken-a"), "", false, "databases", "list");
        Run.of(
                Map.of("WALKBACK_API_URL", url, "ADMIN_TOKEN", "t0ken-a", "WALKBACK_TOKEN", "t0ken-w"),
                "",
                false,
                "databases",
                "list");
        // Then
        assertThat(alias.code()).isEqualTo(12);
        assertThat(alias.all()).doesNotContain("t0ken");
        assertThat(api.asked().get(0).header("Authorization")).isEqualTo("Bearer t0ken-a");
        assertThat(api.asked().get(1).header("Authorization")).isEqualTo("Bearer t0ken-w");
    }

    @Test
    void takesTheAddressFromTheOptionFirst() {
        api.answer("GET", "/api/databases?limit=200", 200, Bodies.EMPTY_PAGE);
        Run run = Run.of(
                Map.of("WALKBACK_API_URL", "http://127.0.0.1:1"),
                "",
                false,
                "databases",
                "list",
                "--api-url",
                api.url().toString());
        assertThat(run.code()).isZero();
    }

    @Test
    void printsListsAsTablesAndAsJson() {
        // Given
        api.answer("GET", "/api/backup/list?limit=200", 200, Bodies.page(Bodies.BACKUP, Bodies.FAILED_BACKUP));
        api.answer("GET", "/api/databases?limit=200", 200, Bodies.EMPTY_PAGE);
        // When
        Run text = Run.of(api, "backup", "list");
        Run json = Run.of(api, "backup", "list", "--output", "json");
        Run empty = Run.of(api, "databases", "list", "--output=json");
        // Then
        assertThat(text.out().lines().toList())
                .hasSize(3)
                .first()
                .asString()
                .startsWith("ID  DATABASE  TYPE      STATE");
        assertThat(text.out()).contains("209.7 MB", "STORE_FULL");
        assertThat(json.out()).startsWith("[").contains("\"requestedAt\" : \"2026-11-22T07:00:00Z\"");
        assertThat(empty.out()).isEqualTo("[]\n");
    }

    @Test
    void filtersBackups() {
        api.answer(
                "GET",
                "/api/backup/list?database=shop&state=AWAITING_WAL&from=2026-11-22T00%3A00%3A00Z&limit=200",
                200,
                Bodies.EMPTY_PAGE);
        Run run = Run.of(
                api, "backup", "list", "--database=shop", "--state=awaiting-wal", "--from=2026-11-22T01:00:00+01:00");
        assertThat(run.code()).isZero();
    }

    @Test
    void asksForABackupAndPrintsItsOperation() {
        // Given
        api.answer("POST", "/api/backup/create", 202, Bodies.ACCEPTED);
        // When
        Run run = Run.of(api, "backup", "create", "--database", "shop", "--backup-id", "b1");
        // Then
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("op-1").contains("b1");
        assertThat(api.asked().getFirst().body()).contains("\"database\":\"shop\"", "\"backupId\":\"b1\"");
    }

    @Test
    void waitsForTheEndAndTellsPhasesOnStandardError() {
        // Given
        api.answer("POST", "/api/backup/create", 202, Bodies.ACCEPTED);
        api.answer("GET", OPERATION, 200, Bodies.operation("BACKUP", "CLAIMED", "null"));
        api.answer("GET", OPERATION, 200, Bodies.operation("BACKUP", "COMPLETED", "null"));
        // When
        Run run = Run.of(api, "backup", "create", "--database", "shop", "--wait");
        // Then
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("completed").doesNotContain("copying");
        assertThat(run.err()).contains("copying").doesNotContain("\r");
    }

    @Test
    void drawsABarOnATerminalOnly() {
        // Given
        api.answer("POST", "/api/backup/create", 202, Bodies.ACCEPTED);
        api.answer("GET", OPERATION, 200, Bodies.operation("BACKUP", "CLAIMED", "null"));
        api.answer("GET", OPERATION, 200, Bodies.operation("BACKUP", "COMPLETED", "null"));
        // When
        Run run = Run.of(
                Map.of("WALKBACK_API_URL", api.url().toString()),
                "",
                true,
                "backup",
                "create",
                "--database",
                "shop",
                "--wait");
        // Then
        assertThat(run.err())
                .contains("[############............] 1.0 kB of 2.0 kB")
                .contains("\r");
    }

    @Test
    void endsWithTheCodeOfWhatTheOperationFailedOf() {
        // Given
        String problem =
                "{\"code\": \"OBJECT_CORRUPT\", \"message\": \"pack p-1 is damaged\", \"hint\": \"Take another.\"}";
        api.answer("POST", "/api/backup/restore", 202, Bodies.ACCEPTED);
        api.answer("GET", OPERATION, 200, Bodies.operation("RESTORE", "FAILED", problem));
        // When
        Run run = Run.of(api, "restore", "--database", "shop", "--to", "/srv/r", "--wait");
        // Then
        assertThat(run.code()).isEqualTo(20);
        assertThat(run.err()).contains("error OBJECT_CORRUPT: pack p-1 is damaged", "hint: Take another.");
    }

    @Test
    void showsAPlanWithItsDigestAndLeavesWithTheCodeOfWhatStandsInTheWay() {
        // Given
        api.answer("POST", "/api/backup/restore", 202, Bodies.ACCEPTED);
        api.answer("GET", OPERATION, 200, Bodies.planned("OK", "null"));
        api.answer("GET", OPERATION, 200, Bodies.planned("REFUSED", "\"TARGET_NOT_EMPTY\""));
        // When: nobody says --wait, a plan is what is asked for
        Run good = Run.of(api, "restore", "--database", "shop", "--to", "/srv/r", "--validate-only");
        String asked = api.asked().getFirst().body();
        Run bad = Run.of(api, "restore", "--database", "shop", "--to", "/srv/r", "--validate-only");
        // Then
        assertThat(good.code()).as(good.all()).isZero();
        assertThat(good.out())
                .contains("sha256:0123", "7 transactions", "directory ok: '/srv/r' will be made", "about 90 s");
        assertThat(asked).contains("\"validateOnly\":true");
        assertThat(bad.code()).isEqualTo(11);
    }

    @Test
    void callsACancelledOperationAFailure() {
        api.answer("POST", "/api/backup/verify", 202, Bodies.ACCEPTED);
        api.answer("GET", OPERATION, 200, Bodies.operation("VERIFICATION", "CANCELLED", "null"));
        Run run = Run.of(api, "backup", "verify", "--database", "shop", "--wait");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("error CANCELLED");
    }

    @Test
    void sendsAnInterruptedWaitHomeWith130() {
        // Given
        api.answer("POST", "/api/backup/create", 202, Bodies.ACCEPTED);
        api.answer("GET", OPERATION, 200, Bodies.operation("BACKUP", "CLAIMED", "null"));
        // When the wait begins in a thread that is interrupted
        Thread.currentThread().interrupt();
        Run run = Run.of(api, "backup", "create", "--database", "shop", "--wait");
        // Then
        assertThat(run.code()).isEqualTo(130);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void showsListsAndSteersOperations() {
        // Given
        String claimed = Bodies.operation("BACKUP", "CLAIMED", "null");
        api.answer("GET", "/api/operations?live=true&limit=200", 200, Bodies.page(claimed));
        api.answer(
                "GET", "/api/operations?database=shop&kind=WAL_RECEPTION&state=OPEN&limit=200", 200, Bodies.EMPTY_PAGE);
        api.answer("GET", OPERATION, 200, claimed);
        for (String wish : new String[] {"cancel", "pause", "release"}) {
            api.answer("POST", OPERATION + "/" + wish, 202, claimed);
        }
        // When
        Run list = Run.of(api, "operations", "list");
        // Then
        assertThat(list.out()).contains("copying 1.0 kB");
        assertThat(Run.of(api, "operations", "list", "--database=shop", "--kind=wal-reception", "--state=open")
                        .code())
                .isZero();
        for (String command : new String[] {"show", "cancel", "pause", "release"}) {
            assertThat(Run.of(api, "operations", command, "op-1").out()).contains("op-1");
        }
    }

    @Test
    void showsABackup() {
        api.answer("GET", "/api/backup/b2?database=shop", 200, Bodies.FAILED_BACKUP);
        assertThat(Run.of(api, "backup", "show", "b2", "--database=shop").out())
                .contains("0/5000028 to 0/5100100", "STORE_FULL: no space", "Free some.")
                .containsPattern("copies +1 of 2");
    }

    @Test
    void printsInfoInTheShapeThatPgbackrestHas() {
        // Given
        api.answer("GET", "/api/databases?limit=200", 200, Bodies.page(Bodies.DATABASE));
        api.answer("GET", "/api/databases/shop", 200, Bodies.DATABASE);
        api.answer("GET", "/api/recoverability/shop", 200, Bodies.WINDOW);
        api.answer(
                "GET",
                "/api/backup/list?database=shop&state=COMPLETED&limit=200",
                200,
                Bodies.page(Bodies.LOGICAL_BACKUP, Bodies.BACKUP));
        // When
        Run json = Run.of(api, "info", "--output=json");
        Run text = Run.of(api, "info", "--database=shop");
        // Then
        assertThat(json.out().replaceAll("\\s", ""))
                .startsWith("[{\"name\":\"shop\",\"status\":{")
                .contains("\"label\":\"b1\",\"type\":\"full\",\"error\":false,\"timestamp\":{\"start\":1795330803,")
                .contains("\"lsn\":{\"start\":\"0/5000028\",\"stop\":\"0/5100100\"}")
                .contains("\"recoverability\":{\"window\":[{\"timeline\":1,\"label\":\"b1\",")
                .contains("\"rpo-millis\":2540,\"stalled\":false");
        assertThat(text.out())
                .contains("    backup: b1", "unproven", "    logical backup: l1")
                .contains("    rpo now: 2.5 s", "from 2026-11-22T07:04:11Z to 2026-11-22T07:30:00Z");
        assertThat(json.out()).as("nothing recovers from it").doesNotContain("l1");
    }

    @ParameterizedTest
    @CsvSource({"ok, 0", "warning, 0", "failed, 1"})
    void printsChecksWithTheLinesThatMendThem(String status, int exit) {
        // Given
        api.answer("GET", "/api/databases/shop/check", 200, Bodies.check(status));
        // When
        Run run = Run.of(api, "databases", "check", "shop");
        // Then
        assertThat(run.code()).isEqualTo(exit);
        assertThat(run.out()).contains(status, "wal_level is minimal", "\n                      restart the server\n");
        assertThat(Run.of(api, "databases", "check", "shop", "--output=json").out())
                .contains("\"id\" : \"wal_level\"");
    }

    @Test
    void showsAlertsOfTheServiceThatIsNamed() {
        // Given
        api.answer("GET", "/api/alerts", 200, """
            {"alerts": [{"key": "backup-failed:shop", "kind": "backup-failed", "database": "shop", "severity": "ERROR",
              "status": "OPEN", "since": "2026-11-22T07:00:00Z", "updatedAt": "2026-11-22T07:00:00Z", "count": 2,
              "revision": 1, "summary": "backup failed", "details": {}, "runbook": "x", "deliveries": []}],
             "brokenSinks": {"slack": "410"}, "truncated": false}\
            """);
        // When
        Run run = Run.of(api, "alerts", "list", "--alerting-url", api.url().toString());
        // Then
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("backup-failed:shop", "open", "error");
        assertThat(run.err()).contains("sink slack is told nothing: 410");
        assertThat(Run.of(api, "alerts", "list").code()).isEqualTo(2);
    }

    @Test
    void showsABackupAsJsonWithTheFieldsThatProgramsRelyOnAndNoOther() {
        // Given
        api.answer("GET", "/api/backup/b1", 200, Bodies.BACKUP);
        // When
        Run run = Run.of(api, "backup", "show", "b1", "--output", "json");
        // Then
        assertThat(run.out().replaceAll("\\s+", ""))
                .isEqualTo("{\"id\":\"b1\",\"database\":\"shop\","
                        + "\"type\":\"physical\",\"state\":\"COMPLETED\",\"startedAt\":\"2026-11-22T07:00:03Z\","
                        + "\"completedAt\":\"2026-11-22T07:04:10Z\",\"sizeBytes\":209715200,\"storedBytes\":52428800,"
                        + "\"digest\":\"sha256:00\",\"expiresAt\":\"2026-12-22T07:04:10Z\",\"verdict\":\"UNPROVEN\"}");
    }
}

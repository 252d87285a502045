package io.walkback.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalkbackClientTest {
    private static final String OPERATION = "/api/operations/op-1";

    private final StubApi api = new StubApi();
    private final WalkbackClient client = new WalkbackClient(api.url(), null, Duration.ofMillis(5));

    @AfterEach
    void stop() {
        client.close();
        api.close();
    }

    @Test
    void readsADatabaseAndIgnoresWhatItDoesNotKnow() throws Exception {
        // Given
        api.answer("GET", "/api/databases/shop", 200, Answers.DATABASE);
        // When
        DatabaseView shop = client.database("shop");
        // Then
        assertThat(shop.policy().zone()).isEqualTo("America/New_York");
        assertThat(shop.labels()).containsEntry("tier", "gold");
        assertThat(shop.systemIdentifier()).isNull();
    }

    @Test
    void sendsARegistrationWithNothingInItThatCouldBeAPassword() throws Exception {
        // Given
        api.answer("POST", "/api/databases", 201, Answers.DATABASE);
        // When
        client.register(new DatabaseForm(
                "shop",
                "10.0.0.5",
                5432,
                null,
                "walkback",
                "env:PW",
                null,
                null,
                PolicyForm.schedule("0 0 3 * * *", null),
                Map.of("tier", "gold")));
        // Then
        String body = api.asked().getFirst().body();
        assertThat(body).contains("\"passwordRef\":\"env:PW\"", "\"cron\":\"0 0 3 * * *\"", "\"tier\":\"gold\"");
        assertThat(api.asked().getFirst().header("Content-type")).isEqualTo("application/json");
    }

    @Test
    void walksEveryPageAndHandsItemsOverInOrder() throws Exception {
        // Given
        api.answer(
                "GET",
                "/api/databases?limit=200",
                200,
                "{\"items\": [" + Answers.DATABASE + "], \"nextCursor\": \"a/b=\"}");
        api.answer(
                "GET",
                "/api/databases?limit=200&cursor=a%2Fb%3D",
                200,
                "{\"items\": [" + Answers.DATABASE.replace("shop", "till") + "], \"nextCursor\": null}");
        // When
        List<String> names = new ArrayList<>();
        client.databases().forEach(database -> names.add(database.name()));
        // Then
        assertThat(names).containsExactly("shop", "till");
        assertThat(client.databases().first()).hasSize(1);
    }

    @Test
    void sendsFiltersOfBackupsAndOperations() throws Exception {
        // Given
        String empty = "{\"items\": [], \"nextCursor\": null}";
        api.answer(
                "GET",
                "/api/backup/list?database=shop&state=FAILED&from=2026-11-22T00%3A00%3A00Z&limit=200",
                200,
                "{\"items\": [" + Answers.BACKUP + "], \"nextCursor\": null}");
        api.answer("GET", "/api/operations?kind=RESTORE&state=OPEN&state=CLAIMED&live=true&limit=200", 200, empty);
        // When
        List<BackupView> backups = client.backups("shop", "FAILED", Instant.parse("2026-11-22T00:00:00Z"), null)
                .first();
        List<OperationView> operations = client.operations(null, "RESTORE", List.of("OPEN", "CLAIMED"), true)
                .first();
        // Then
        assertThat(backups).singleElement().satisfies(backup -> {
            assertThat(backup.storedBytes()).isEqualTo(52_428_800);
            assertThat(backup.proof()).isNotNull();
        });
        assertThat(operations).isEmpty();
    }

    @Test
    void asksForWorkUnderItsIdempotencyKey() throws Exception {
        // Given
        api.answer("POST", "/api/backup/create", 202, Answers.accepted());
        api.answer("POST", "/api/backup/restore", 202, Answers.accepted());
        api.answer("POST", "/api/backup/verify", 202, Answers.accepted());
        // When
        Accepted backup = client.createBackup(BackupForm.of("shop"), "k-1");
        client.restore(RestoreForm.latest("shop", "node-1", "/srv/r").toTime("2026-11-22T03:15:00Z"), "k-2");
        client.verify("b1", null, null);
        // Then
        assertThat(backup.operationId()).isEqualTo("op-1");
        assertThat(api.asked().get(0).header("Idempotency-key")).isEqualTo("k-1");
        assertThat(api.asked().get(1).body())
                .contains("\"targetTime\":\"2026-11-22T03:15:00Z\"", "\"target\":null", "\"directory\":\"/srv/r\"");
        assertThat(api.asked().get(2).header("Idempotency-key")).isNull();
        assertThat(api.asked().get(2).body()).contains("\"backupId\":\"b1\"");
    }

    @Test
    void readsFiguresHealthAndChecks() throws Exception {
        // Given
        api.answer("GET", "/api/backup/stats", 200, Answers.STATISTICS);
        api.answer("GET", "/health/backup", 503, "application/json", Answers.HEALTH);
        api.answer("GET", "/api/databases/shop/check", 200, Answers.CHECK);
        api.answer("GET", "/api/backup/b1?database=shop", 200, Answers.BACKUP);
        // When
        Statistics figures = client.statistics();
        HealthView health = client.health();
        CheckReport check = client.check("shop");
        BackupView backup = client.backup("b1", "shop");
        // Then
        assertThat(figures.databases()).singleElement().satisfies(one -> assertThat(one.successRate30d())
                .isNull());
        assertThat(health.ok()).isFalse();
        assertThat(health.details().get("backup")).isNotNull();
        assertThat(check.checks()).singleElement().satisfies(one -> assertThat(one.id())
                .isEqualTo("archiving"));
        assertThat(backup.timeline()).isEqualTo(1);
    }

    @Test
    void writesWishesAndTheRestOfTheInventory() throws Exception {
        // Given
        for (String wish : List.of("cancel", "pause", "release")) {
            api.answer("POST", OPERATION + "/" + wish, 202, Answers.operation("CLAIMED", false, "null"));
        }
        api.answer("POST", "/api/databases/shop/adopt", 200, Answers.DATABASE);
        api.answer("DELETE", "/api/databases/shop", 204, "");
        // When
        client.cancel("op-1");
        client.pause("op-1");
        OperationView released = client.release("op-1");
        client.adopt("shop", "7412345678901234567");
        client.remove("shop");
        // Then
        assertThat(released.completed()).isFalse();
        assertThat(api.asked()).hasSize(5);
        assertThat(api.asked().get(3).body()).isEqualTo("{\"systemIdentifier\":\"7412345678901234567\"}");
    }

    @Test // P11
    void takesATokenForPushedWalAndShowsItNobody() throws InterruptedException {
        // Given
        api.answer("POST", "/api/databases/shop/push-token", 200, "{\"database\":\"shop\",\"token\":\"t0\"}");
        // When
        io.walkback.domain.Secret token = client.pushToken("shop");
        // Then
        assertThat(token.reveal()).isEqualTo("t0");
        assertThat(token).hasToString("***");
    }

    @Test
    void hasAReleaseOfCommitsWrittenDown() throws InterruptedException {
        // Given
        api.answer("POST", "/api/databases/shop/sync-releases", 200, "{\"releaseId\":\"r1\",\"newer\":1}");
        SyncReleaseForm form = new SyncReleaseForm(
                "r1", "2026-11-22T03:15:00Z", "ann@host", "10.0.0.5:5432", "INTENDED", "walkback_a", "", 3, 3);
        // When
        client.recordRelease("shop", form.ended("SUCCEEDED", 0));
        // Then
        assertThat(api.asked().getFirst().body())
                .contains("\"releaseId\":\"r1\"", "\"outcome\":\"SUCCEEDED\"", "\"waitingAfter\":0");
    }

    @Test // F53
    void encodesHostileNamesSoThatTheyReachNoOtherPath() {
        // Given a name that would leave its folder
        // When
        assertThatThrownBy(() -> client.database("../operations?x=1#y")).isInstanceOf(PlatformException.class);
        // Then
        assertThat(api.asked().getFirst().target()).isEqualTo("/api/databases/..%2Foperations%3Fx%3D1%23y");
    }

    @ParameterizedTest
    @CsvSource({
        "404, DATABASE_UNKNOWN, false",
        "409, REQUEST_CONFLICT, false",
        "503, BROKER_UNAVAILABLE, true",
    })
    void turnsProblemsIntoFaultsWithCodeAndHint(int status, String code, boolean retryable) {
        // Given
        api.answer("GET", "/api/databases/shop", status, Answers.problem(status, code, "no database 'shop'"));
        // When
        assertThatThrownBy(() -> client.database("shop"))
                // Then
                .isInstanceOfSatisfying(PlatformException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.valueOf(code));
                    assertThat(fault.hint()).isEqualTo("Do this.");
                    assertThat(fault).hasMessage("no database 'shop'");
                    assertThat(fault instanceof RetryableException).isEqualTo(retryable);
                });
    }

    @Test
    void keepsTheNameOfACodeThatOnlyANewerServiceKnows() {
        // Given
        api.answer(
                "GET",
                "/api/databases/shop",
                422,
                Answers.problem(422, "MOON_PHASE", "not tonight")
                        .replace("\"operationId\": null", "\"operationId\": \"op-9\""));
        // When
        assertThatThrownBy(() -> client.database("shop"))
                // Then
                .isInstanceOfSatisfying(OperatorActionException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.UNKNOWN);
                    assertThat(fault).hasMessageContaining("MOON_PHASE");
                    assertThat(fault.hint()).contains("op-9");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "401, API_AUTHENTICATION",
        "403, API_AUTHENTICATION",
        "404, API_UNEXPECTED",
        "502, API_UNREACHABLE",
        "302, API_UNEXPECTED",
    })
    void namesAnswersOfSomethingElseThanTheService(int status, FailureCode code) {
        // Given
        api.answer("GET", "/api/databases/shop", status, "text/html", "<html>a proxy</html>");
        // When
        assertThatThrownBy(() -> client.database("shop"))
                // Then
                .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                        .isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html></html>", "null", "{\"name\": {\"a\": 1}}"})
    void refusesAGoodAnswerOfAnotherShape(String body) {
        // Given
        api.answer("GET", "/api/databases/shop", 200, body);
        // When
        assertThatThrownBy(() -> client.database("shop"))
                // Then
                .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.API_UNEXPECTED));
    }

    @Test
    void saysThatNobodyAnswersAndHowToStartTheService() throws IOException {
        // Given a port that nobody listens on
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        // When
        try (WalkbackClient alone = new WalkbackClient(URI.create("http://127.0.0.1:" + port), null)) {
            assertThatThrownBy(alone::statistics)
                    // Then
                    .isInstanceOfSatisfying(RetryableException.class, fault -> {
                        assertThat(fault.code()).isEqualTo(FailureCode.API_UNREACHABLE);
                        assertThat(fault.hint()).contains("walkback up");
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://x", "http:///nohost", "http://user:pw@host:1", "http://host?a=b", "host:8080"})
    void refusesAddressesThatAreNoneWithoutRepeatingThem(String url) {
        // When
        assertThatThrownBy(() -> new WalkbackClient(URI.create(url), null))
                // Then
                .isInstanceOf(OperatorActionException.class)
                .hasMessageNotContaining("pw");
    }

    @Test // P11
    void sendsTheTokenAsBearerAndRepeatsItInNoMessage() {
        // Given
        api.answer("GET", "/api/backup/stats", 401, "text/plain", "who are you");
        // When
        try (WalkbackClient known = new WalkbackClient(api.url(), new Secret("s3cret-token"))) {
            assertThatThrownBy(known::statistics)
                    // Then
                    .hasMessageNotContaining("s3cret-token");
        }
        assertThat(api.asked().getFirst().header("Authorization")).isEqualTo("Bearer s3cret-token");
    }

    @Test
    void waitsThroughAServiceThatIsAwayUntilTheOperationIsOver() throws Exception {
        // Given
        api.answer("GET", OPERATION, 404, Answers.problem(404, "OPERATION_UNKNOWN", "no operation 'op-1'"));
        api.answer("GET", OPERATION, 503, Answers.problem(503, "BROKER_UNAVAILABLE", "away"));
        api.answer("GET", OPERATION, 200, Answers.operation("CLAIMED", false, "null"));
        api.answer("GET", OPERATION, 200, Answers.operation("COMPLETED", true, "{\"reachedLsn\": \"0/5\"}"));
        List<String> heard = new ArrayList<>();
        // When
        OperationView end = client.await("op-1", Duration.ofMinutes(1), seen -> heard.add(seen.state()));
        // Then
        assertThat(end.completed()).isTrue();
        assertThat(end.resultText("reachedLsn")).isEqualTo("0/5");
        assertThat(end.resultText("other")).isNull();
        assertThat(heard).containsExactly("CLAIMED", "COMPLETED");
    }

    @Test
    void stopsWaitingAtTheDeadlineAndSaysThatTheOperationGoesOn() {
        // Given
        api.answer("GET", OPERATION, 200, Answers.operation("CLAIMED", false, "null"));
        // When
        assertThatThrownBy(() -> client.await("op-1", Duration.ofMillis(30), _ -> {}))
                // Then
                .isInstanceOfSatisfying(RetryableException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.WAIT_EXPIRED);
                    assertThat(fault).hasMessageContaining("CLAIMED");
                });
    }

    @Test
    void givesUpWaitingWhenTheServiceRefuses() {
        // Given
        api.answer("GET", OPERATION, 401, "text/plain", "");
        // When
        assertThatThrownBy(() -> client.await("op-1", Duration.ofMinutes(1), _ -> {}))
                // Then
                .isInstanceOf(OperatorActionException.class);
        assertThat(api.asked()).hasSize(1);
    }
}

package io.walkback.alerting.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.alerting.CaptureServer;
import io.walkback.alerting.CaptureServer.Reply;
import io.walkback.alerting.SinkContracts;
import io.walkback.alerting.sink.Notice.Action;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Severity;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Both sinks against a server that checks every field and limit, and that misbehaves (F46, F53, P11).
class SinksContractTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String HOOK = "/services/T000/B000/verysecrettoken";
    private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(T, ZoneOffset.UTC);

    private final CaptureServer server =
            new CaptureServer(call -> call.path().equals(HOOK) ? CaptureServer.SLACK_OK : CaptureServer.PAGERDUTY_OK);
    private final SlackSink slack =
            new SlackSink(server.url(HOOK), "prod <eu>", new JsonMapper(), CLOCK, Duration.ofSeconds(1));
    private final PagerDutySink pagerDuty = new PagerDutySink(
            PagerDutySink.endpoint(server.url("").toString()),
            new Secret(KEY),
            "prod",
            new JsonMapper(),
            CLOCK,
            Duration.ofSeconds(1));

    @AfterEach
    void close() {
        slack.close();
        pagerDuty.close();
        server.close();
    }

    private static AlertState alert(Severity severity, String error) {
        Map<String, String> details = new HashMap<>();
        for (String name : new String[] {
            "backupId", "operationId", "failureCode", "attempt", "phase", "host", "directory", "hint", "failureRunbook"
        }) {
            details.put(name, error);
        }
        details.put("error", error);
        return new AlertState(
                "restore-failed:shop",
                "restore-failed",
                new DatabaseId("shop"),
                severity,
                AlertStatus.OPEN,
                T,
                T,
                3,
                1,
                null,
                "Restore of shop failed: " + error,
                details,
                "restore-failed",
                Map.of());
    }

    @Test
    void slackTakesTheMessageOfATriggerAndOfAResolve() throws Exception {
        // When
        Outcome trigger = slack.tell(new Notice(alert(Severity.CRITICAL, "no space"), Action.TRIGGER));
        Outcome resolve = slack.tell(new Notice(alert(Severity.CRITICAL, "no space"), Action.RESOLVE));
        // Then
        assertThat(trigger).isInstanceOf(Outcome.Accepted.class);
        assertThat(resolve).isInstanceOf(Outcome.Accepted.class);
        server.calls.forEach(SinkContracts::slack);
        JsonNode told = server.calls.getFirst().json();
        assertThat(told.get("text").asString()).isEqualTo("CRITICAL: Restore failed · shop: no space");
        assertThat(told.toString()).contains("2026-03-01T10:00:00Z", "3 times", "runbook restore-failed");
        assertThat(server.calls.getLast().json().get("text").asString()).isEqualTo("RESOLVED: Restore failed · shop");
    }

    @Test
    void pagerDutyTakesTheEventOfATriggerAndOfAResolve() throws Exception {
        // When
        Outcome trigger = pagerDuty.tell(new Notice(alert(Severity.CRITICAL, "no space"), Action.TRIGGER));
        Outcome resolve = pagerDuty.tell(new Notice(alert(Severity.CRITICAL, "no space"), Action.RESOLVE));
        // Then
        assertThat(trigger).isInstanceOf(Outcome.Accepted.class);
        assertThat(resolve).isInstanceOf(Outcome.Accepted.class);
        server.calls.forEach(call -> SinkContracts.pagerDuty(call, KEY));
        JsonNode payload = server.calls.getFirst().json().get("payload");
        assertThat(payload.get("severity").asString()).isEqualTo("critical");
        assertThat(payload.get("source").asString()).isEqualTo("shop");
        assertThat(payload.get("component").asString()).isEqualTo("restore-worker");
        assertThat(payload.get("group").asString()).isEqualTo("prod");
        assertThat(payload.get("class").asString()).isEqualTo("restore-failed");
        assertThat(payload.get("custom_details").get("runbook").asString()).isEqualTo("restore-failed");
        assertThat(server.calls.getLast().json().get("event_action").asString()).isEqualTo("resolve");
        assertThat(server.calls.getLast().json().get("dedup_key").asString()).isEqualTo("restore-failed:shop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<!channel> & <@U1>", "&&&&&&&&", "\uD83D\uDE00", "line\nfeed\u0000\u202E", "*_`~>"})
    void hostileTextStaysWithinEveryLimitAndCallsNobody(String hostile) throws Exception {
        // Given
        AlertState alert = alert(Severity.ERROR, hostile.repeat(5_000 / hostile.length()));
        // When
        slack.tell(new Notice(alert, Action.TRIGGER));
        pagerDuty.tell(new Notice(alert, Action.TRIGGER));
        // Then
        SinkContracts.slack(server.calls.getFirst());
        SinkContracts.pagerDuty(server.calls.getLast(), KEY);
    }

    @ParameterizedTest
    @CsvSource({
        "429,TryLater",
        "408,TryLater",
        "500,TryLater",
        "503,TryLater",
        "400,Refused",
        "413,Refused",
        "301,Broken",
        "401,Broken",
        "403,Broken",
        "404,Broken",
        "410,Broken"
    })
    void eachStatusIsJudgedAndNoReasonHoldsASecret(int status, String expected) throws Exception {
        // Given a service that repeats what it was sent
        server.replies(call -> new Reply.Answer(
                status,
                Map.of("Retry-After", "17", "Location", "http://127.0.0.1:1/"),
                "no_service " + HOOK + " " + KEY));
        Notice notice = new Notice(alert(Severity.ERROR, "down"), Action.TRIGGER);
        // When
        Outcome fromSlack = slack.tell(notice);
        Outcome fromPagerDuty = pagerDuty.tell(notice);
        // Then
        assertThat(fromSlack.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(fromPagerDuty.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(fromSlack.toString()).contains("" + status).doesNotContain("verysecrettoken");
        assertThat(fromPagerDuty.toString()).contains("" + status).doesNotContain(KEY);
        if (fromSlack instanceof Outcome.TryLater later) {
            assertThat(later.after()).isEqualTo(Duration.ofSeconds(17));
        }
    }

    @ParameterizedTest
    @CsvSource({"'Sun, 01 Mar 2026 10:02:00 GMT',120", "999999999,3600", "soon,-1", "'Sun, 01 Mar 2026 09:00:00 GMT',-1"
    })
    void retryAfterIsReadAsSecondsOrDateAndBounded(String header, long seconds) throws Exception {
        // Given
        server.replies(_ -> new Reply.Answer(429, Map.of("Retry-After", header), "rate_limited"));
        // When
        Outcome outcome = slack.tell(new Notice(alert(Severity.ERROR, "down"), Action.TRIGGER));
        // Then
        assertThat(outcome)
                .isEqualTo(new Outcome.TryLater(
                        "slack answered 429 'rate_limited'", seconds < 0 ? null : Duration.ofSeconds(seconds)));
    }

    @Test
    void silenceHalfAnAnswerAndAnEarlyEndAreTriedAgainLater() throws Exception {
        for (Reply reply : new Reply[] {new Reply.Silence(), new Reply.HalfBody(), new Reply.EarlyEnd()}) {
            // Given
            server.replies(_ -> reply);
            long start = System.nanoTime();
            // When
            Outcome outcome = pagerDuty.tell(new Notice(alert(Severity.ERROR, "down"), Action.TRIGGER));
            // Then
            assertThat(outcome).isInstanceOf(Outcome.TryLater.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
            assertThat(outcome.toString()).doesNotContain("127.0.0.1").doesNotContain(KEY);
        }
    }

    @Test
    void aClosedPortIsTriedAgainLater() throws Exception {
        // Given
        server.close();
        // When
        Outcome outcome = slack.tell(new Notice(alert(Severity.ERROR, "down"), Action.TRIGGER));
        // Then
        assertThat(outcome).isInstanceOf(Outcome.TryLater.class);
        assertThat(outcome.toString()).doesNotContain("verysecrettoken").doesNotContain("127.0.0.1");
    }

    @Test
    void aPageOfMarkupOrAnEndlessBodyIsNobodysYes() throws Exception {
        // Given
        server.replies(_ -> new Reply.Answer(200, Map.of(), "<html>Sign in</html>"));
        Outcome signIn = slack.tell(new Notice(alert(Severity.ERROR, "down"), Action.TRIGGER));
        server.replies(_ -> new Reply.Answer(202, Map.of(), "x".repeat(100_000)));
        // When
        Outcome endless = pagerDuty.tell(new Notice(alert(Severity.ERROR, "down"), Action.TRIGGER));
        // Then
        assertThat(signIn).isInstanceOf(Outcome.TryLater.class);
        assertThat(endless).isInstanceOf(Outcome.TryLater.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/services/T/B/x",
                "http://hooks.slack.com/services/T/B/x",
                "https://hooks.slack.com.evil.example/x",
                "https://hooks.slack.com@evil.example/x",
                "https://hooks.slack.com:8443/x",
                "not an address",
                "ftp://127.0.0.1/x"
            })
    void aWebhookElsewhereIsRefusedWithoutRepeatingIt(String address) {
        assertThatThrownBy(() -> SlackAddress.of(new Secret(address), null))
                .isInstanceOf(OperatorActionException.class)
                .message()
                .contains("SLACK_WEBHOOK_URL")
                .doesNotContain("evil");
    }

    @Test
    void slackItselfThisMachineAndANamedBaseAreAllowed() {
        assertThat(SlackAddress.of(new Secret(" https://hooks.slack.com/services/T/B/x "), null))
                .isEqualTo(URI.create("https://hooks.slack.com/services/T/B/x"));
        assertThat(SlackAddress.of(new Secret("http://127.0.0.1:8089/slack"), ""))
                .hasPort(8089);
        assertThat(SlackAddress.of(new Secret("http://capture:8089/slack"), "http://capture:8089/"))
                .hasHost("capture");
    }

    @Test
    void theEndpointOfPagerDutyGetsItsPathWhenItNamesNone() {
        assertThat(PagerDutySink.endpoint("http://127.0.0.1:9/")).hasPath("/v2/enqueue");
        assertThat(PagerDutySink.endpoint("https://events.eu.pagerduty.com/v2/enqueue"))
                .hasHost("events.eu.pagerduty.com");
        assertThatThrownBy(() -> PagerDutySink.endpoint("events pagerduty"))
                .isInstanceOf(OperatorActionException.class);
        assertThatThrownBy(() -> PagerDutySink.endpoint("mailto:x")).isInstanceOf(OperatorActionException.class);
    }
}

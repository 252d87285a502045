package io.walkback.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.standalone.demo.DemoReport.Backup;
import io.walkback.standalone.demo.DemoReport.Restore;
import io.walkback.standalone.demo.DemoReport.Rows;
import io.walkback.standalone.demo.DemoReport.Status;
import io.walkback.standalone.demo.DemoReport.StepReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Steps, their report, and what the demo waits and cleans up with.
class StepsTest {
    @TempDir
    Path directory;

    private final List<String> output = new ArrayList<>();
    private final Steps steps = new Steps(output::add);

    @Test
    void aStepIsPrintedWithWhatItMeasured() throws Steps.Failed {
        // When
        steps.take("first backup", figures -> figures.put("bytes", 7).put("ratio", 0.123456));
        // Then
        assertThat(output).hasSize(1);
        assertThat(output.getFirst()).contains("1", "ok", "first backup", "bytes=7", "ratio=0.123");
        StepReport report = steps.taken().getFirst();
        assertThat(report.name()).isEqualTo("first backup");
        assertThat(report.status()).isEqualTo(Status.PASSED);
        assertThat(report.figures()).isEqualTo(Map.of("bytes", 7, "ratio", 0.123));
    }

    @Test
    void aStepWhoseCheckDoesNotHoldEndsTheDemoByItsName() {
        // When
        assertThatThrownBy(() -> steps.take("compare", figures -> {
                    figures.put("extra", 1);
                    throw new CheckFailed("one row too many");
                }))
                .isInstanceOfSatisfying(
                        Steps.Failed.class, failed -> assertThat(failed.step()).isEqualTo("compare"))
                .hasMessageContaining("one row too many");
        // Then
        assertThat(output.getFirst()).contains("FAILED", "compare", "one row too many");
        assertThat(steps.taken().getFirst().status()).isEqualTo(Status.FAILED);
        assertThat(steps.taken().getFirst().figures()).containsEntry("extra", 1).containsKey("error");
    }

    @Test
    void aFaultOfOursIsToldWithCodeAndHint() {
        assertThatThrownBy(() -> steps.take("restore", _ -> {
                    throw new OperatorActionException(FailureCode.TARGET_NOT_EMPTY, "it is full", "Empty it.");
                }))
                .hasMessageContaining("it is full")
                .hasMessageContaining("TARGET_NOT_EMPTY")
                .hasMessageContaining("Empty it.");
    }

    @Test
    void anInterruptStaysOne() {
        assertThatThrownBy(() -> steps.take("wait", _ -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(Steps.Failed.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void theReportHasTheNamesThatToolsRelyOn() throws Exception {
        // Given
        DemoReport report = new DemoReport(
                true,
                List.of(new StepReport("s", Status.PASSED, 1.5, Map.of("figure", 2))),
                3.25,
                0.5,
                new Rows(10, 10),
                List.of(new Backup("b", 100, 10, 2.5)),
                new Restore("2026-11-22T03:00:00Z", 3.0),
                Map.of("postgresql", "18.6"));
        Path file = directory.resolve("report.json");
        // When
        report.writeTo(file);
        // Then
        JsonNode json = new JsonMapper().readTree(Files.readString(file));
        assertThat(json).isEqualTo(new JsonMapper().readTree("""
            {"passed":true,
             "steps":[{"name":"s","status":"PASSED","seconds":1.5,"figures":{"figure":2}}],
             "rtoSeconds":3.25,"rpoSeconds":0.5,
             "rows":{"expected":10,"restored":10},
             "backups":[{"id":"b","bytes":100,"storedBytes":10,"seconds":2.5}],
             "restore":{"target":"2026-11-22T03:00:00Z","seconds":3.0},
             "versions":{"postgresql":"18.6"}}\
            """));
    }

    @Test
    void aFigureThatWasNotReachedIsNull() {
        DemoReport report = new DemoReport(false, List.of(), null, null, null, List.of(), null, Map.of());
        JsonNode json = new JsonMapper().readTree(report.json());
        assertThat(json.get("rtoSeconds").isNull()).isTrue();
        assertThat(json.get("rows").isNull()).isTrue();
        assertThat(json.get("passed").asBoolean()).isFalse();
    }

    @Test
    void waitingEndsWithTheDeadlineAndSaysForWhat() {
        assertThatThrownBy(() -> Waiting.until("nothing", Duration.ofMillis(150), Optional::empty))
                .isInstanceOf(CheckFailed.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void whatIsEndedYoungestFirstIsEndedAlsoAfterAFault() {
        // Given
        List<String> ended = new ArrayList<>();
        Closing closing = new Closing(output::add);
        closing.add(() -> ended.add("oldest"));
        closing.add(() -> {
            throw new IllegalStateException("it stays");
        });
        closing.add(() -> ended.add("youngest"));
        // When
        boolean clean = closing.closeAll();
        // Then
        assertThat(clean).isFalse();
        assertThat(ended).containsExactly("youngest", "oldest");
        assertThat(output).anyMatch(line -> line.contains("it stays"));
        assertThatThrownBy(() -> closing.add(() -> ended.add("late"))).isInstanceOf(IllegalStateException.class);
        assertThat(ended).contains("late");
    }

    @Test
    void theCaptureEndpointAnswersAsTheSinksDoAndKeepsWhatItWasTold() throws Exception {
        try (CaptureEndpoint capture = CaptureEndpoint.start();
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(post(http, capture.slackUrl(), "{\"text\":\"a\"}")).isEqualTo(200);
            assertThat(post(http, capture.pagerDutyUrl(), "{\"event_action\":\"trigger\"}"))
                    .isEqualTo(202);
            assertThat(capture.slack())
                    .singleElement()
                    .satisfies(told -> assertThat(told.at("/text").asString()).isEqualTo("a"));
            assertThat(capture.pagerDuty()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 19})
    void aMajorVersionThatIsNotSupportedIsRefused(int major) {
        assertThatThrownBy(() -> new DemoOptions(major, Optional.empty(), false))
                .isInstanceOf(OperatorActionException.class);
    }

    private static int post(HttpClient http, URI address, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}

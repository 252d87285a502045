package io.walkback.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.sink.AlertSink;
import io.walkback.alerting.sink.Outcome;
import io.walkback.domain.Secret;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.json.JsonMapper;

class SinksTest {
    @Test
    void everySettingHasItsDefault() {
        // When
        SinkProperties properties = bound(Map.of("walkback.alerting.slack.url", ""));
        // Then
        assertThat(properties.environment()).isEqualTo("default");
        assertThat(properties.slack().webhookUrl()).isNull();
        assertThat(properties.pagerduty().integrationKey()).isNull();
        assertThat(properties.pagerduty().url()).isEqualTo("https://events.pagerduty.com/v2/enqueue");
    }

    @Test
    void everySettingIsReadAndSecretsAreHidden() {
        // When
        SinkProperties properties = bound(Map.of(
                "walkback.alerting.environment", "prod",
                "walkback.alerting.slack.webhook-url", "http://127.0.0.1:1/hook",
                "walkback.alerting.slack.url", "http://capture:1",
                "walkback.alerting.pagerduty.integration-key", "verysecretkey",
                "walkback.alerting.pagerduty.url", "http://127.0.0.1:1"));
        // Then
        assertThat(properties.environment()).isEqualTo("prod");
        assertThat(properties.slack().webhookUrl()).isEqualTo(new Secret("http://127.0.0.1:1/hook"));
        assertThat(properties.slack().url()).isEqualTo("http://capture:1");
        assertThat(properties.pagerduty().integrationKey()).isEqualTo(new Secret("verysecretkey"));
        assertThat(properties.toString()).doesNotContain("verysecretkey").doesNotContain("hook,");
        assertThat(names(properties)).containsExactly("slack", "pagerduty");
    }

    @Test
    void aSinkWithoutItsSecretIsOff() {
        assertThat(names(bound(Map.of("walkback.alerting.environment", "x")))).isEmpty();
        assertThat(names(bound(Map.of("walkback.alerting.pagerduty.integration-key", "k"))))
                .containsExactly("pagerduty");
    }

    @Test
    void aSinkWhoseSettingCannotBeUsedIsBrokenFromTheStart() {
        // Given
        SinkProperties properties =
                bound(Map.of("walkback.alerting.slack.webhook-url", "https://evil.example/verysecret"));
        // When
        try (Sinks sinks = new Sinks(properties, new JsonMapper(), Clock.systemUTC())) {
            // Then
            assertThat(sinks.all()).singleElement().satisfies(sink -> assertThat(sink.check())
                    .isInstanceOfSatisfying(Outcome.Broken.class, broken -> assertThat(broken.reason())
                            .contains("SLACK_WEBHOOK_URL")
                            .doesNotContain("evil")));
        }
    }

    private static List<String> names(SinkProperties properties) {
        try (Sinks sinks = new Sinks(properties, new JsonMapper(), Clock.systemUTC())) {
            return sinks.all().stream().map(AlertSink::name).toList();
        }
    }

    private static SinkProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bind("walkback.alerting", SinkProperties.class)
                .get();
    }
}

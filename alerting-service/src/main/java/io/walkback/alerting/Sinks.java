package io.walkback.alerting;

import io.walkback.alerting.sink.AlertSink;
import io.walkback.alerting.sink.PagerDutySink;
import io.walkback.alerting.sink.SlackAddress;
import io.walkback.alerting.sink.SlackSink;
import io.walkback.alerting.sink.UnusableSink;
import io.walkback.domain.PlatformException;
import io.walkback.domain.Secret;
import io.walkback.domain.event.Severity;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// The sinks that the settings ask for. One without its secret is off, and the log says so once; one whose setting
/// cannot be used is broken from the start, and the others are told so.
final class Sinks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sinks.class);

    private final List<AlertSink> all = new ArrayList<>();

    Sinks(SinkProperties properties, JsonMapper json, Clock clock) {
        Secret webhook = properties.slack().webhookUrl();
        add(
                SlackSink.NAME,
                "SLACK_WEBHOOK_URL",
                webhook,
                Severity.WARNING,
                () -> new SlackSink(
                        SlackAddress.of(given(webhook), properties.slack().url()),
                        properties.environment(),
                        json,
                        clock));
        Secret key = properties.pagerduty().integrationKey();
        add(
                PagerDutySink.NAME,
                "PAGERDUTY_INTEGRATION_KEY",
                key,
                Severity.ERROR,
                () -> new PagerDutySink(
                        PagerDutySink.endpoint(properties.pagerduty().url()),
                        given(key),
                        properties.environment(),
                        json,
                        clock));
    }

    private void add(
            String name, String setting, @Nullable Secret secret, Severity from, Supplier<? extends AlertSink> sink) {
        if (secret == null || secret.reveal().isBlank()) {
            LOG.atWarn()
                    .addKeyValue("sink", name)
                    .addKeyValue("setting", setting)
                    .log("alert sink is off: not set");
            return;
        }
        try {
            all.add(sink.get());
            LOG.atInfo().addKeyValue("sink", name).log("alert sink is on");
        } catch (PlatformException unusable) {
            all.add(new UnusableSink(name, from, unusable.text()));
        }
    }

    private static Secret given(@Nullable Secret secret) {
        return secret == null ? new Secret("") : new Secret(secret.reveal().strip());
    }

    List<AlertSink> all() {
        return List.copyOf(all);
    }

    @Override
    public void close() {
        all.forEach(AlertSink::close);
    }
}

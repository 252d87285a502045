package io.walkback.alerting;

import io.walkback.domain.Secret;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where people are told. A sink without its secret is off.
///
/// @param environment which installation this is; shown in every message
/// @param slack Slack, by incoming webhook
/// @param pagerduty PagerDuty, by the Events API v2
@ConfigurationProperties("walkback.alerting")
public record SinkProperties(
        @DefaultValue("default") String environment,
        @DefaultValue Slack slack,
        @DefaultValue PagerDuty pagerduty) {

    /// @param webhookUrl the secret address, `SLACK_WEBHOOK_URL`
    /// @param url scheme, host and port that are allowed besides Slack's own, for a capture endpoint:
    ///     `WALKBACK_ALERTING_SLACK_URL`
    public record Slack(
            @Nullable Secret webhookUrl, @Nullable String url) {}

    /// @param integrationKey the routing key, `PAGERDUTY_INTEGRATION_KEY`
    /// @param url the endpoint, `WALKBACK_ALERTING_PAGERDUTY_URL`
    public record PagerDuty(
            @Nullable Secret integrationKey,

            @DefaultValue("https://events.pagerduty.com/v2/enqueue")
            String url) {}
}

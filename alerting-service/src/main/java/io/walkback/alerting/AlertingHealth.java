package io.walkback.alerting;

import io.walkback.alerting.feed.AlertTerms;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether this process tells or stands by, and which sinks are broken. A broken sink does not make the process
/// unhealthy: starting it anew with the same settings would help nobody.
final class AlertingHealth implements HealthIndicator {
    private final AlertTerms terms;

    AlertingHealth(AlertTerms terms) {
        this.terms = terms;
    }

    @Override
    public Health health() {
        return terms.current()
                .map(term -> Health.up()
                        .withDetail("role", "telling")
                        .withDetail("brokenSinks", term.brokenSinks().keySet())
                        .build())
                .orElseGet(() -> Health.up().withDetail("role", "standby").build());
    }
}

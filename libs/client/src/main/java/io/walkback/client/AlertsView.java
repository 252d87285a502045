package io.walkback.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What alerting-service knows.
///
/// @param brokenSinks why sinks are told nothing, by their names
/// @param truncated   there are more than were answered
public record AlertsView(List<Alert> alerts, Map<String, String> brokenSinks, boolean truncated) {
    public AlertsView {
        alerts = List.copyOf(alerts);
        brokenSinks = Map.copyOf(brokenSinks);
    }

    /// @param severity `CRITICAL`, `ERROR`, `WARNING`, `INFO`
    /// @param status   `OPEN`, `ACKED`, `RESOLVED`
    public record Alert(
            String key,
            String kind,
            @Nullable String database,
            String severity,
            String status,
            Instant since,
            Instant updatedAt,
            long count,
            String summary,
            String runbook) {}
}

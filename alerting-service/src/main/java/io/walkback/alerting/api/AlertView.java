package io.walkback.alerting.api;

import io.walkback.alerting.state.AlertEntry;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One alert as JSON has it. Times are RFC 3339 in UTC.
record AlertView(
        String key,
        String kind,
        @Nullable String database,
        String severity,
        String status,
        Instant since,
        Instant updatedAt,
        long count,
        long revision,
        String summary,
        Map<String, String> details,
        String runbook,
        List<Delivery> deliveries) {

    /// @param status what the sink was last told, null when nothing
    record Delivery(
            String sink,
            @Nullable String status,
            long revision,
            @Nullable Instant deliveredAt,
            int attempts,
            @Nullable Instant nextAttemptAt,
            @Nullable String lastError) {
        static Delivery of(AlertDelivery delivery) {
            return new Delivery(
                    delivery.sink(),
                    delivery.deliveredRevision() == 0
                            ? null
                            : delivery.deliveredStatus().name(),
                    delivery.deliveredRevision(),
                    delivery.deliveredAt(),
                    delivery.attempts(),
                    delivery.nextAttemptAt(),
                    delivery.lastError());
        }
    }

    static AlertView of(AlertEntry entry) {
        AlertState alert = entry.state();
        return new AlertView(
                alert.alertKey(),
                alert.kind(),
                alert.database() == null ? null : alert.database().value(),
                alert.severity().name(),
                alert.status().name(),
                alert.since(),
                alert.updatedAt(),
                alert.count(),
                alert.revision(),
                alert.summary(),
                new TreeMap<>(alert.details()),
                alert.runbook(),
                entry.deliveries().values().stream()
                        .sorted(Comparator.comparing(AlertDelivery::sink))
                        .map(Delivery::of)
                        .toList());
    }
}

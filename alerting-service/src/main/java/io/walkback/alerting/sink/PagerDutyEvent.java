package io.walkback.alerting.sink;

import io.walkback.alerting.sink.Notice.Action;
import io.walkback.domain.Secret;
import io.walkback.domain.Text;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.Severity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// An event of the Events API v2, within its limits: summary 1,024 characters, dedup key 255, 512 KB in all.
final class PagerDutyEvent {
    static final int SUMMARY = 1_024;
    static final int DEDUP_KEY = 255;

    private static final int DETAIL = 2_000;
    private static final int DETAILS = 40;

    private final Secret key;
    private final String environment;

    PagerDutyEvent(Secret key, String environment) {
        this.key = key;
        this.environment = environment;
    }

    Map<String, Object> of(Notice notice) {
        AlertState alert = notice.alert();
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("routing_key", key.reveal());
        event.put("event_action", notice.action() == Action.TRIGGER ? "trigger" : "resolve");
        event.put("dedup_key", alert.alertKey());
        if (notice.action() == Action.TRIGGER) {
            event.put("payload", payload(alert));
            event.put("client", "Walkback");
        }
        return event;
    }

    private Map<String, Object> payload(AlertState alert) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("summary", cut(alert.summary(), SUMMARY));
        payload.put(
                "source",
                alert.database() == null ? "walkback" : alert.database().value());
        payload.put("severity", severity(alert.severity()));
        payload.put("timestamp", alert.since().toString());
        payload.put("component", Titles.component(alert));
        payload.put("group", environment);
        payload.put("class", alert.kind());
        payload.put("custom_details", details(alert));
        return payload;
    }

    private static Map<String, Object> details(AlertState alert) {
        Map<String, Object> details = new TreeMap<>();
        alert.details().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(DETAILS)
                .forEach(detail -> details.put(detail.getKey(), cut(detail.getValue(), DETAIL)));
        details.put("count", alert.count());
        details.put("runbook", alert.runbook());
        return details;
    }

    /// A severity that a newer version wrote is at least an error: unknown is not harmless.
    private static String severity(Severity severity) {
        return switch (severity) {
            case CRITICAL -> "critical";
            case ERROR, UNKNOWN -> "error";
            case WARNING -> "warning";
            case INFO -> "info";
        };
    }

    private static String cut(String text, int limit) {
        String printable = Text.printable(text, limit - 1);
        return printable.isEmpty() ? "-" : bmpSafe(printable, limit);
    }

    /// Limits count UTF-16 units here, the stricter reading of "characters".
    private static String bmpSafe(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
        return text.substring(0, end) + "…";
    }
}

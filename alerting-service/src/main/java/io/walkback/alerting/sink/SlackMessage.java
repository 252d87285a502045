package io.walkback.alerting.sink;

import io.walkback.alerting.sink.Notice.Action;
import io.walkback.domain.Text;
import io.walkback.domain.event.AlertState;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Block Kit, within Slack's limits: header 150 characters, section text 3,000, ten fields of 2,000, ten context
/// elements, and under 10,000 characters in all, since Slack refuses much longer messages without naming a limit.
///
/// `&`, `<` and `>` are escaped in everything that comes from outside; otherwise a name such as `<!channel>` would
/// call everybody.
final class SlackMessage {
    static final int HEADER = 150;
    static final int FALLBACK = 500;
    static final int FIELD = 300;
    static final int ERROR = 500;
    static final int CONTEXT = 300;

    private static final List<String> SHOWN =
            List.of("backupId", "operationId", "failureCode", "attempt", "phase", "host", "directory");
    private static final int MAX_FIELDS = 10;

    private final String environment;

    SlackMessage(String environment) {
        this.environment = environment;
    }

    Map<String, Object> of(Notice notice) {
        AlertState alert = notice.alert();
        boolean over = notice.action() == Action.RESOLVE;
        String headline = headline(alert, over);
        List<Object> blocks = new ArrayList<>();
        blocks.add(Map.of("type", "header", "text", plain(headline, HEADER)));
        blocks.add(Map.of("type", "section", "fields", fields(alert, over)));
        String error = alert.details().getOrDefault("error", alert.summary());
        if (!over) {
            blocks.add(Map.of("type", "section", "text", plain(error, ERROR)));
            String hint = alert.details().get("hint");
            if (hint != null) {
                blocks.add(Map.of("type", "section", "text", plain(hint, ERROR)));
            }
        }
        blocks.add(Map.of("type", "context", "elements", List.of(context(alert))));
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("text", escaped(over ? headline : headline + ": " + error, FALLBACK));
        message.put("blocks", blocks);
        message.put("unfurl_links", false);
        message.put("unfurl_media", false);
        return message;
    }

    private static String headline(AlertState alert, boolean over) {
        String word = over ? "RESOLVED" : alert.severity().name();
        String title = Titles.of(alert);
        return word + ": " + title + " · " + (alert.database() == null ? "Walkback" : alert.database());
    }

    private static List<Object> fields(AlertState alert, boolean over) {
        List<Object> fields = new ArrayList<>();
        fields.add(field("What", over ? "over" : alert.severity().name().toLowerCase(Locale.ROOT)));
        fields.add(field("Since", alert.since().truncatedTo(ChronoUnit.SECONDS).toString()));
        if (over) {
            fields.add(field(
                    "Over at", alert.updatedAt().truncatedTo(ChronoUnit.SECONDS).toString()));
        }
        fields.add(field("Seen", alert.count() == 1 ? "once" : alert.count() + " times"));
        for (String name : SHOWN) {
            String value = alert.details().get(name);
            if (value != null && fields.size() < MAX_FIELDS) {
                fields.add(field(name, value));
            }
        }
        return fields;
    }

    private Map<String, Object> context(AlertState alert) {
        String page = alert.details().get("failureRunbook");
        String text = "environment " + environment + " · runbook " + alert.runbook()
                + (page == null ? "" : " and " + page) + " · " + alert.alertKey();
        return Map.of("type", "mrkdwn", "text", escaped(text, CONTEXT), "verbatim", true);
    }

    private static Map<String, Object> field(String name, String value) {
        return Map.of("type", "mrkdwn", "text", "*" + name + "*\n" + escaped(value, FIELD), "verbatim", true);
    }

    private static Map<String, Object> plain(String text, int limit) {
        return Map.of("type", "plain_text", "text", escaped(text, limit), "emoji", false);
    }

    /// At most `limit` characters after escaping, never cut inside an escape or a surrogate pair.
    static String escaped(String text, int limit) {
        StringBuilder escaped = new StringBuilder(Math.min(text.length(), limit));
        int[] points = Text.printable(text, limit).codePoints().toArray();
        for (int point : points) {
            String next =
                    switch (point) {
                        case '&' -> "&amp;";
                        case '<' -> "&lt;";
                        case '>' -> "&gt;";
                        default -> Character.toString(point);
                    };
            if (escaped.length() + next.length() > limit - 1) {
                return escaped.append('…').toString();
            }
            escaped.append(next);
        }
        return escaped.toString();
    }
}

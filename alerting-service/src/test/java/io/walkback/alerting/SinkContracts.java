package io.walkback.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// What Slack and PagerDuty accept, field by field and limit by limit, as their pages have it.
public final class SinkContracts {
    private static final Set<String> SLACK_FIELDS =
            Set.of("text", "blocks", "attachments", "thread_ts", "unfurl_links", "unfurl_media", "mrkdwn");

    private SinkContracts() {}

    public static void slack(CaptureServer.Call call) {
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.headers().get("content-type")).startsWith("application/json");
        assertThat(call.body().length()).isLessThan(10_000);
        JsonNode message = call.json();
        assertThat(SLACK_FIELDS).containsAll(message.propertyNames());
        assertThat(message.get("text").asString()).isNotBlank();
        noMarkup(message.get("text").asString());
        JsonNode blocks = message.get("blocks");
        assertThat(blocks.size()).isBetween(1, 50);
        blocks.forEach(SinkContracts::block);
    }

    private static void block(JsonNode block) {
        switch (block.get("type").asString()) {
            case "header" -> {
                assertThat(block.get("text").get("type").asString()).isEqualTo("plain_text");
                text(block.get("text"), 150);
            }
            case "section" -> {
                if (block.has("text")) {
                    text(block.get("text"), 3_000);
                }
                if (block.has("fields")) {
                    assertThat(block.get("fields").size()).isBetween(1, 10);
                    block.get("fields").forEach(field -> text(field, 2_000));
                }
                assertThat(block.has("text") || block.has("fields")).isTrue();
            }
            case "context" -> {
                assertThat(block.get("elements").size()).isBetween(1, 10);
                block.get("elements").forEach(element -> text(element, 3_000));
            }
            default -> throw new AssertionError("no such block: " + block);
        }
    }

    private static void text(JsonNode text, int limit) {
        String type = text.get("type").asString();
        assertThat(type).isIn("plain_text", "mrkdwn");
        assertThat(text.has("emoji")).isEqualTo(type.equals("plain_text"));
        assertThat(text.get("text").asString()).hasSizeBetween(1, limit);
        noMarkup(text.get("text").asString());
    }

    /// `<` begins a link or a mention, `&` an escape; neither may stand by itself.
    private static void noMarkup(String text) {
        assertThat(text).doesNotContain("<").doesNotContain(">");
        assertThat(text.replaceAll("&(amp|lt|gt);", "")).doesNotContain("&");
    }

    public static void pagerDuty(CaptureServer.Call call, String key) {
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.path()).isEqualTo("/v2/enqueue");
        assertThat(call.headers().get("content-type")).startsWith("application/json");
        assertThat(call.body().length()).isLessThan(512_000);
        JsonNode event = call.json();
        assertThat(event.get("routing_key").asString()).isEqualTo(key);
        assertThat(event.get("dedup_key").asString()).hasSizeBetween(1, 255);
        String action = event.get("event_action").asString();
        assertThat(action).isIn("trigger", "acknowledge", "resolve");
        assertThat(event.has("payload")).isEqualTo(action.equals("trigger"));
        Set<String> fields = new TreeSet<>(event.propertyNames());
        fields.removeAll(Set.of("routing_key", "event_action", "dedup_key", "payload", "client"));
        assertThat(fields).isEmpty();
        if (action.equals("trigger")) {
            JsonNode payload = event.get("payload");
            assertThat(payload.get("summary").asString()).hasSizeBetween(1, 1_024);
            assertThat(payload.get("source").asString()).isNotBlank();
            assertThat(payload.get("severity").asString()).isIn("critical", "error", "warning", "info");
            assertThat(Instant.parse(payload.get("timestamp").asString())).isNotNull();
            assertThat(payload.get("custom_details").isObject()).isTrue();
        }
    }
}

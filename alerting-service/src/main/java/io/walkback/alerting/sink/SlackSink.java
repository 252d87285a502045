package io.walkback.alerting.sink;

import io.walkback.domain.Secret;
import io.walkback.domain.event.Severity;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Slack, through an incoming webhook. A message cannot be changed afterwards, so an all-clear is a message of its
/// own.
///
/// Slack wants about one message a second per channel, and answers 200 `ok`.
public final class SlackSink implements AlertSink {
    public static final String NAME = "slack";
    private static final int OK = 200;

    private final JsonPost post;
    private final SlackMessage message;
    private final JsonMapper json;

    /// @param webhook the secret address, from [SlackAddress]
    /// @param environment which installation this is, shown in each message
    public SlackSink(URI webhook, String environment, JsonMapper json, Clock clock) {
        this(webhook, environment, json, clock, JsonPost.READ);
    }

    SlackSink(URI webhook, String environment, JsonMapper json, Clock clock, Duration deadline) {
        this.post = new JsonPost(webhook, new Secret(webhook.getPath()), clock, deadline);
        this.message = new SlackMessage(environment);
        this.json = json;
    }

    @Override
    public String name() {
        return NAME;
    }

    /// A channel bears to be told of what heals by itself, once it has not healed for a while.
    @Override
    public Severity from() {
        return Severity.WARNING;
    }

    @Override
    public Rate rate() {
        return new Rate(60, 3);
    }

    @Override
    public Outcome tell(Notice notice) throws InterruptedException {
        return switch (post.send(json.writeValueAsBytes(message.of(notice)))) {
            case JsonPost.Answer.None none -> new Outcome.TryLater(none.reason(), null);
            case JsonPost.Answer.Responded answer -> judge(answer);
        };
    }

    private static Outcome judge(JsonPost.Answer.Responded answer) {
        String said = "slack answered " + answer.status() + " '" + answer.shown() + "'";
        if (answer.status() == OK) {
            // A page of markup is somebody else's answer, such as a proxy's sign-in page.
            return answer.shown().startsWith("<") ? new Outcome.TryLater(said, null) : new Outcome.Accepted();
        }
        if (answer.status() == 408 || answer.status() == 429 || answer.status() >= 500) {
            return new Outcome.TryLater(said, answer.retryAfter());
        }
        return List.of(400, 413).contains(answer.status()) ? new Outcome.Refused(said) : new Outcome.Broken(said);
    }

    @Override
    public void close() {
        post.close();
    }
}

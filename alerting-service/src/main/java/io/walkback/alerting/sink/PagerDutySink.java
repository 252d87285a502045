package io.walkback.alerting.sink;

import io.walkback.alerting.sink.JsonPost.Answer;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.domain.event.Severity;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// PagerDuty, Events API v2. The alert's key is the dedup key: a repeated trigger joins the open incident, a
/// trigger after a resolve opens another one.
///
/// PagerDuty takes about 120 calls a minute per integration and answers 202.
public final class PagerDutySink implements AlertSink {
    public static final String NAME = "pagerduty";
    private static final String PATH = "/v2/enqueue";

    private final JsonPost post;
    private final PagerDutyEvent event;
    private final JsonMapper json;

    /// @param endpoint from [#endpoint]
    /// @param key the integration (routing) key
    /// @param environment which installation this is, the group of each event
    public PagerDutySink(URI endpoint, Secret key, String environment, JsonMapper json, Clock clock) {
        this(endpoint, key, environment, json, clock, JsonPost.READ);
    }

    PagerDutySink(URI endpoint, Secret key, String environment, JsonMapper json, Clock clock, Duration deadline) {
        this.post = new JsonPost(endpoint, key, clock, deadline);
        this.event = new PagerDutyEvent(key, environment);
        this.json = json;
    }

    /// The address in a setting, with the path of the API where it names none.
    ///
    /// @throws OperatorActionException with `CONFIGURATION` when it is not an http address
    public static URI endpoint(String setting) {
        try {
            URI given = new URI(setting.strip());
            boolean http = "https".equalsIgnoreCase(given.getScheme()) || "http".equalsIgnoreCase(given.getScheme());
            if (http && given.getHost() != null) {
                String path = given.getPath();
                return path == null || path.isEmpty() || path.equals("/") ? given.resolve(PATH) : given;
            }
        } catch (URISyntaxException notAnAddress) {
            throw wrong(notAnAddress);
        }
        throw wrong(null);
    }

    private static OperatorActionException wrong(@Nullable Throwable cause) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "WALKBACK_ALERTING_PAGERDUTY_URL is not an http address",
                "Leave it out for PagerDuty itself, or use https://events.eu.pagerduty.com/v2/enqueue for its European"
                        + " region.",
                cause);
    }

    @Override
    public String name() {
        return NAME;
    }

    /// Nobody is paged for what heals by itself.
    @Override
    public Severity from() {
        return Severity.ERROR;
    }

    @Override
    public Rate rate() {
        return new Rate(110, 10);
    }

    @Override
    public Outcome tell(Notice notice) throws InterruptedException {
        return switch (post.send(json.writeValueAsBytes(event.of(notice)))) {
            case Answer.None none -> new Outcome.TryLater(none.reason(), null);
            case Answer.Responded answer -> judge(answer);
        };
    }

    private static Outcome judge(Answer.Responded answer) {
        String said = "pagerduty answered " + answer.status() + " '" + answer.shown() + "'";
        int status = answer.status();
        if (status == 202 || status == 200) {
            return answer.shown().startsWith("<") ? new Outcome.TryLater(said, null) : new Outcome.Accepted();
        }
        if (status == 408 || status == 429 || status >= 500) {
            return new Outcome.TryLater(said, answer.retryAfter());
        }
        return List.of(400, 413).contains(status) ? new Outcome.Refused(said) : new Outcome.Broken(said);
    }

    @Override
    public void close() {
        post.close();
    }
}

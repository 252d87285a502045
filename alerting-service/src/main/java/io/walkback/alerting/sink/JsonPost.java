package io.walkback.alerting.sink;

import io.walkback.domain.Secret;
import io.walkback.domain.Text;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One JSON document to one address that nobody may see. Thread-safe.
final class JsonPost implements AutoCloseable {
    static final Duration CONNECT = Duration.ofSeconds(2);
    static final Duration READ = Duration.ofSeconds(10);

    /// Longer than any service says; a larger number is a slip of theirs that would silence us.
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    /// An answer is a word or a small document. What is longer is nobody's that we know.
    private static final int LARGEST_ANSWER = 16 * 1024;

    private static final int SHOWN = 120;

    /// What is shorter, such as the path `/` of a capture endpoint, is no secret.
    private static final int SHORTEST_SECRET = 8;

    private final URI address;
    private final Secret secret;
    private final Clock clock;
    private final Duration deadline;
    private final HttpClient client;

    /// @param address where to
    /// @param secret what must not be shown if the other side repeats it
    /// @param deadline for the whole exchange after the connection is there
    JsonPost(URI address, Secret secret, Clock clock, Duration deadline) {
        this.address = address;
        this.secret = secret;
        this.clock = clock;
        this.deadline = deadline;
        this.client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /// What the other side said.
    sealed interface Answer {
        /// @param shown the body, printable, short, without our secret
        record Responded(int status, @Nullable Duration retryAfter, String shown) implements Answer {}

        record None(String reason) implements Answer {}
    }

    Answer send(byte[] json) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(deadline)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "walkback-alerting")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build();
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(
                request, HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), LARGEST_ANSWER));
        try {
            // The request's own timeout ends with the headers, so a body that never ends needs this one.
            HttpResponse<byte[]> response = exchange.get(CONNECT.plus(deadline).toMillis(), TimeUnit.MILLISECONDS);
            return new Answer.Responded(
                    response.statusCode(),
                    response.headers()
                            .firstValue("Retry-After")
                            .map(this::pause)
                            .orElse(null),
                    shown(response.body()));
        } catch (TimeoutException late) {
            return new Answer.None("no whole answer within " + deadline.toSeconds() + " s");
        } catch (ExecutionException failed) {
            return new Answer.None(reason(failed.getCause()));
        } finally {
            exchange.cancel(true);
        }
    }

    /// Said in our words: messages of the JDK may hold the address.
    private String reason(@Nullable Throwable cause) {
        return switch (cause) {
            case HttpConnectTimeoutException _ -> "no connection within " + CONNECT.toSeconds() + " s";
            case HttpTimeoutException _ -> "no answer within " + deadline.toSeconds() + " s";
            case ConnectException _ -> "connection refused, or the host name has no address";
            case SSLException _ -> "the TLS handshake failed";
            case null -> "the call failed";
            default -> "the connection ended early (" + cause.getClass().getSimpleName() + ")";
        };
    }

    private @Nullable Duration pause(String header) {
        Duration asked = asked(header.strip());
        if (asked == null || asked.isNegative()) {
            return null;
        }
        return asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
    }

    /// Seconds or a date, as RFC 9110 has it.
    private @Nullable Duration asked(String header) {
        if (header.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(header));
        }
        try {
            ZonedDateTime until = ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Duration.between(clock.instant(), until.toInstant());
        } catch (DateTimeException notADate) {
            // Neither form: as good as not said, and our own back-off applies.
            return null;
        }
    }

    private String shown(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        String hidden = secret.reveal().length() < SHORTEST_SECRET ? text : text.replace(secret.reveal(), "***");
        return Text.printable(hidden, SHOWN);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

package io.walkback.client;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// One request, one answer, JSON both ways.
final class Exchange implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int LARGEST_ANSWER = 32 << 20;
    private static final String SHAPE = "answered something else than JSON of the expected shape";

    private final URI api;
    private final @Nullable Secret token;
    private final HttpClient http;
    private final ObjectMapper json = JsonMapper.builder().build();

    Exchange(URI api, @Nullable Secret token) {
        this.api = api;
        this.token = token;
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /// What else than 2xx is an answer, and not a problem.
    <T> T get(String path, Duration timeout, Set<Integer> alsoGood, Class<T> type) throws InterruptedException {
        return read(send(request(path, timeout).GET(), path, alsoGood), type, path);
    }

    private record AnyPage(
            @Nullable List<JsonNode> items, @Nullable String nextCursor) {}

    <T> Pages.Page<T> page(String path, Duration timeout, Class<T> type) throws InterruptedException {
        AnyPage page = read(send(request(path, timeout).GET(), path, Set.of()), AnyPage.class, path);
        if (page.items() == null) {
            throw unexpected(path, "answered a page without items", null);
        }
        try {
            List<T> items = page.items().stream()
                    .map(item -> json.treeToValue(item, type))
                    .toList();
            return new Pages.Page<>(items, page.nextCursor());
        } catch (JacksonException notOurs) {
            throw unexpected(path, SHAPE, notOurs);
        }
    }

    /// @param body null: none
    <T> T post(String path, Duration timeout, @Nullable Object body, @Nullable String idempotencyKey, Class<T> type)
            throws InterruptedException {
        HttpRequest.Builder request = request(path, timeout);
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        if (body == null) {
            request.POST(HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)));
        }
        return read(send(request, path, Set.of()), type, path);
    }

    void delete(String path, Duration timeout) throws InterruptedException {
        send(request(path, timeout).DELETE(), path, Set.of());
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        String base = api.toString();
        URI uri = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Accept", "application/json, application/problem+json");
        if (token != null) {
            request.header("Authorization", "Bearer " + token.reveal());
        }
        return request;
    }

    private byte[] send(HttpRequest.Builder request, String path, Set<Integer> alsoGood) throws InterruptedException {
        try {
            HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            byte[] body;
            try (InputStream stream = answer.body()) {
                body = stream.readNBytes(LARGEST_ANSWER + 1);
            }
            if (body.length > LARGEST_ANSWER) {
                throw unexpected(path, "answered with more than " + LARGEST_ANSWER + " bytes", null);
            }
            int status = answer.statusCode();
            if (status / 100 == 2 || alsoGood.contains(status)) {
                return body;
            }
            throw Problems.of(status, body, where(path), json);
        } catch (IOException failure) {
            throw new RetryableException(
                    FailureCode.API_UNREACHABLE,
                    "no answer from " + where(path) + ": " + reason(failure),
                    "Start it with 'walkback up', or name another address with --api-url or WALKBACK_API_URL.",
                    failure);
        }
    }

    private <T> T read(byte[] body, Class<T> type, String path) {
        T value;
        try {
            value = json.readValue(body, type);
        } catch (JacksonException notOurs) {
            throw unexpected(path, SHAPE, notOurs);
        }
        if (value == null) {
            throw unexpected(path, "answered nothing", null);
        }
        return value;
    }

    private OperatorActionException unexpected(String path, String what, @Nullable Throwable cause) {
        return new OperatorActionException(
                FailureCode.API_UNEXPECTED,
                where(path) + " " + what,
                "Check that the address is scheduler-service itself, and that both are of the same version.",
                cause);
    }

    /// Without the query and without what might stand before an `@` in the address.
    private String where(String path) {
        int query = path.indexOf('?');
        String port = api.getPort() < 0 ? "" : ":" + api.getPort();
        return api.getScheme() + "://" + api.getHost() + port + (query < 0 ? path : path.substring(0, query));
    }

    private static String reason(IOException failure) {
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null || message.isBlank() ? "" : " (" + message + ")");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

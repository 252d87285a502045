package io.walkback.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// An HTTP server that answers as it was told and remembers what it was asked. A question without an answer left is
/// answered 599, so that a test cannot pass by asking for something else.
final class StubApi implements AutoCloseable {
    record Asked(String method, String target, Map<String, List<String>> headers, String body) {
        @Nullable
        String header(String name) {
            List<String> values = headers.get(name);
            return values == null ? null : values.getFirst();
        }
    }

    private record Answer(int status, String type, String body) {}

    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new ArrayList<>();

    StubApi() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// The last answer of a target is repeated.
    StubApi answer(String method, String target, int status, String body) {
        return answer(method, target, status, status < 400 ? "application/json" : "application/problem+json", body);
    }

    StubApi answer(String method, String target, int status, String type, String body) {
        answers.computeIfAbsent(method + " " + target, _ -> new ArrayDeque<>()).add(new Answer(status, type, body));
        return this;
    }

    synchronized List<Asked> asked() {
        return List.copyOf(asked);
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String target = exchange.getRequestURI().toString();
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            asked.add(new Asked(exchange.getRequestMethod(), target, Map.copyOf(exchange.getRequestHeaders()), body));
            Deque<Answer> left = answers.get(exchange.getRequestMethod() + " " + target);
            Answer answer = left == null
                    ? new Answer(599, "text/plain", "nobody expected " + target)
                    : left.size() > 1 ? left.removeFirst() : left.getFirst();
            byte[] bytes = answer.body().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

package io.walkback.standalone.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where the demo's alerts go instead of to people: answers as Slack and PagerDuty do, and keeps what it was told.
final class CaptureEndpoint implements AutoCloseable {
    private static final String SLACK = "/slack";
    private static final String PAGERDUTY = "/v2/enqueue";
    /// Far above what the demo's two databases can cause.
    private static final int MOST = 1_000;
    private static final int MOST_BYTES = 1 << 20;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newSingleThreadExecutor();
    private final List<JsonNode> slack = new CopyOnWriteArrayList<>();
    private final List<JsonNode> pagerDuty = new CopyOnWriteArrayList<>();

    private CaptureEndpoint(HttpServer server) {
        this.server = server;
    }

    /// Listens on a free port of loopback.
    static CaptureEndpoint start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            CaptureEndpoint capture = new CaptureEndpoint(server);
            server.createContext(SLACK, exchange -> answer(exchange, capture.slack, 200, "ok"));
            server.createContext(
                    PAGERDUTY,
                    exchange -> answer(
                            exchange,
                            capture.pagerDuty,
                            202,
                            "{\"status\":\"success\",\"message\":\"Event processed\"}"));
            server.setExecutor(capture.threads);
            server.start();
            return capture;
        } catch (IOException taken) {
            throw new UncheckedIOException("cannot listen on loopback", taken);
        }
    }

    private static void answer(HttpExchange exchange, List<JsonNode> kept, int status, String text) throws IOException {
        try (exchange) {
            JsonNode told = new JsonMapper().readTree(exchange.getRequestBody().readNBytes(MOST_BYTES));
            if (kept.size() < MOST) {
                kept.add(told);
            }
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    URI slackUrl() {
        return address(SLACK);
    }

    URI pagerDutyUrl() {
        return address(PAGERDUTY);
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /// Messages to Slack so far.
    List<JsonNode> slack() {
        return List.copyOf(slack);
    }

    /// Events for PagerDuty so far.
    List<JsonNode> pagerDuty() {
        return List.copyOf(pagerDuty);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

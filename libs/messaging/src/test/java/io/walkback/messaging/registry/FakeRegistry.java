package io.walkback.messaging.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A registry for tests of the client: keeps what it is given, and answers what a test tells it to.
public final class FakeRegistry implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /// What one request is answered with.
    public record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<Integer, String> schemas = new LinkedHashMap<>();
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private volatile @Nullable Function<String, @Nullable Answer> script;
    private volatile @Nullable String lastAuthorization;

    public FakeRegistry() {
        this(null);
    }

    /// @param tls what it shows to clients; null: no TLS
    public FakeRegistry(@Nullable SSLContext tls) {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (tls == null) {
                server = HttpServer.create(anyPort, 0);
            } else {
                HttpsServer secured = HttpsServer.create(anyPort, 0);
                secured.setHttpsConfigurator(new HttpsConfigurator(tls));
                server = secured;
            }
        } catch (IOException noPort) {
            throw new AssertionError(noPort);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort() + "/ccompat";
    }

    public List<String> calls() {
        return List.copyOf(calls);
    }

    public @Nullable String lastAuthorization() {
        return lastAuthorization;
    }

    /// The text that is kept under `id`.
    public String schema(int id) {
        return Objects.requireNonNull(schemas.get(id), "no schema " + id);
    }

    /// Puts a schema under an id, as some other producer would have.
    public void put(int id, String schema) {
        schemas.put(id, schema);
    }

    /// Answers of `script` go before our own; null leaves a call to us.
    public void answer(Function<String, @Nullable Answer> told) {
        this.script = told;
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        String call = exchange.getRequestMethod() + " "
                + exchange.getRequestURI().getPath().replaceFirst("^/ccompat", "");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(call);
        lastAuthorization = exchange.getRequestHeaders().getFirst("Authorization");
        Function<String, @Nullable Answer> told = script;
        Answer answer = told == null ? null : told.apply(call);
        if (answer == null) {
            answer = own(call, body);
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Answer own(String call, String body) throws IOException {
        if (call.startsWith("PUT /config/")) {
            return new Answer(200, body);
        }
        if (call.equals("GET /subjects")) {
            return new Answer(200, "[]");
        }
        if (call.startsWith("GET /schemas/ids/")) {
            String schema = schemas.get(Integer.parseInt(call.substring("GET /schemas/ids/".length())));
            return schema == null
                    ? new Answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}")
                    : new Answer(200, MAPPER.writeValueAsString(Map.of("schema", schema)));
        }
        String schema = MAPPER.readTree(body).path("schema").asText();
        int id = schemas.entrySet().stream()
                .filter(entry -> entry.getValue().equals(schema))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(0);
        if (id == 0 && call.endsWith("/versions")) {
            id = schemas.size() + 100;
            schemas.put(id, schema);
        }
        return id == 0
                ? new Answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}")
                : new Answer(200, "{\"id\":" + id + "}");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

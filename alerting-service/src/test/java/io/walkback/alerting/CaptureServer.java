package io.walkback.alerting;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An HTTP server that keeps what it is told and misbehaves as asked: any status, silence, half an answer.
public final class CaptureServer implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    /// @param headers names in lower case
    public record Call(String method, String path, Map<String, String> headers, String body, Instant at) {
        public JsonNode json() {
            return JSON.readTree(body);
        }
    }

    /// What comes back.
    public sealed interface Reply {
        record Answer(int status, Map<String, String> headers, String body) implements Reply {}

        /// Nothing, until the server is closed.
        record Silence() implements Reply {}

        /// The connection ends before the answer begins.
        record EarlyEnd() implements Reply {}

        /// Headers and a part of the body, then silence.
        record HalfBody() implements Reply {}
    }

    public static final Reply SLACK_OK = new Reply.Answer(200, Map.of(), "ok");
    public static final Reply PAGERDUTY_OK =
            new Reply.Answer(202, Map.of(), "{\"status\":\"success\",\"message\":\"Event processed\"}");

    public final List<Call> calls = new CopyOnWriteArrayList<>();

    private final ServerSocket listening;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Function<Call, Reply> replies;

    public CaptureServer(Function<Call, Reply> replies) {
        this.replies = replies;
        try {
            this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().name("capture").start(this::accept);
    }

    public void replies(Function<Call, Reply> next) {
        replies = next;
    }

    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + path);
    }

    public List<Call> to(String path) {
        return calls.stream().filter(call -> call.path().equals(path)).toList();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                // Closed.
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Call call = read(new BufferedInputStream(socket.getInputStream()));
            calls.add(call);
            write(replies.apply(call), socket.getOutputStream());
        } catch (IOException | InterruptedException _) {
            // The client went away, which is its good right and what some tests want.
            Thread.currentThread().interrupt();
        }
    }

    private void write(Reply reply, OutputStream out) throws IOException, InterruptedException {
        switch (reply) {
            case Reply.Silence _ -> closed.await();
            case Reply.EarlyEnd _ -> {}
            case Reply.HalfBody _ -> {
                out.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".getBytes(StandardCharsets.UTF_8));
                out.flush();
                closed.await();
            }
            case Reply.Answer answer -> {
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                StringBuilder head =
                        new StringBuilder("HTTP/1.1 " + answer.status() + " Said\r\nConnection: close\r\n");
                answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
                head.append("Content-Length: " + body.length + "\r\n\r\n");
                out.write(head.toString().getBytes(StandardCharsets.UTF_8));
                out.write(body);
                out.flush();
            }
        }
    }

    private static Call read(InputStream in) throws IOException {
        String[] request = line(in).split(" ", -1);
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Call(request[0], request[1], headers, new String(body, StandardCharsets.UTF_8), Instant.now());
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("ended within a line");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listening.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

package io.walkback.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// An S3 server over real HTTP on loopback that keeps versions and locks, and does wrong what a test tells it to.
///
/// For what no server at hand does: Object Lock, lost and late answers, cut bodies, acknowledgements that are not
/// true. It takes any signature; [#refuse] makes it take no more of one access key.
public final class FakeS3 implements AutoCloseable {
    private static final Pattern UNTIL = Pattern.compile("<RetainUntilDate>([^<]+)</RetainUntilDate>");
    private static final Pattern MODE = Pattern.compile("<Mode>([^<]+)</Mode>");

    static {
        // Otherwise the JDK's server keeps each short answer back for the 40 ms of a delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final String name;
    private final boolean versioned;
    private final FakeBucket bucket;
    private final Map<S3Operation, Deque<S3Fault>> faults = new EnumMap<>(S3Operation.class);
    private final Map<S3Operation, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    private final CountDownLatch late = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private FakeS3(String name, boolean versioned, Clock clock) throws IOException {
        this.name = name;
        this.versioned = versioned;
        this.bucket = new FakeBucket(clock, versioned);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /// One with an empty bucket.
    ///
    /// @param versioned whether the bucket keeps versions and locks
    public static FakeS3 start(String bucket, boolean versioned, Clock clock) throws IOException {
        return new FakeS3(bucket, versioned, clock);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// The next `times` requests of this kind go wrong so.
    public void script(S3Operation operation, int times, S3Fault fault) {
        synchronized (faults) {
            Deque<S3Fault> queue = faults.computeIfAbsent(operation, _ -> new ArrayDeque<>());
            for (int i = 0; i < times; i++) {
                queue.add(fault);
            }
        }
    }

    /// Forgets what was scripted and did not happen yet.
    public void heal() {
        synchronized (faults) {
            faults.clear();
        }
    }

    /// From now on requests signed with this key get a 403 with this code.
    public void refuse(String accessKey, String code) {
        refused.put(accessKey, code);
    }

    /// Lets requests take effect that a [S3Fault.Late] holds back.
    public void letLateOnesPass() {
        late.countDown();
    }

    /// How many requests of this kind came.
    public int calls(S3Operation operation) {
        AtomicInteger count = calls.get(operation);
        return count == null ? 0 : count.get();
    }

    /// A script that is not used up is a test that tests something else.
    public void assertEveryFaultHappened() {
        synchronized (faults) {
            assertThat(faults.values()).allSatisfy(queue -> assertThat(queue).isEmpty());
        }
    }

    /// All versions of a name, newest first.
    public List<FakeObject> versions(String key) {
        return bucket.below(key).getOrDefault(key, List.of());
    }

    /// How many uploads were begun and neither completed nor aborted.
    public int openUploads() {
        return bucket.uploads().size();
    }

    /// What somebody else does to the bucket: puts over a name.
    public void overwrite(String key, byte[] bytes) {
        try {
            bucket.put(key, bytes, Map.of(), false);
        } catch (FakeBucket.Refusal refusal) {
            throw new IllegalStateException(refusal);
        }
    }

    /// What somebody else does to the bucket: deletes without naming a version.
    public void hide(String key) {
        try {
            bucket.delete(key, Optional.empty());
        } catch (FakeBucket.Refusal refusal) {
            throw new IllegalStateException(refusal);
        }
    }

    /// What somebody else does to the bucket: takes the locks of a name away, as governance lets who may.
    public void unlock(String key) {
        bucket.unlock(key);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            FakeRequest request = FakeRequest.of(exchange);
            S3Operation operation = request.operation();
            calls.computeIfAbsent(operation, _ -> new AtomicInteger()).incrementAndGet();
            Optional<S3Fault> fault = nextFault(operation);
            switch (fault.orElse(null)) {
                case null -> send(exchange, answer(request, operation, Integer.MAX_VALUE));
                case S3Fault.Answer(int status, String code) -> send(exchange, FakeAnswer.error(status, code));
                case S3Fault.ErrorInOk(String code) -> {
                    FakeAnswer error = FakeAnswer.error(500, code);
                    send(exchange, FakeAnswer.bytes(200, error.headers(), error.body()));
                }
                // The exchange is closed without an answer.
                case S3Fault.LostAnswer() -> answer(request, operation, Integer.MAX_VALUE);
                case S3Fault.Late() -> {
                    late.await();
                    answer(request, operation, Integer.MAX_VALUE);
                }
                case S3Fault.Forgotten() -> send(exchange, acknowledged(request, operation));
                case S3Fault.Shortened(int bytes) -> send(exchange, answer(request, operation, bytes));
                case S3Fault.CutBody(int bytes) ->
                    begin(exchange, answer(request, operation, Integer.MAX_VALUE), bytes);
                case S3Fault.Silence(int bytes) -> {
                    begin(exchange, answer(request, operation, Integer.MAX_VALUE), bytes);
                    closed.await();
                }
                case S3Fault.Trickle() -> trickle(exchange, answer(request, operation, Integer.MAX_VALUE));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<S3Fault> nextFault(S3Operation operation) {
        synchronized (faults) {
            return Optional.ofNullable(
                    faults.getOrDefault(operation, new ArrayDeque<>()).poll());
        }
    }

    private static void send(HttpExchange exchange, FakeAnswer answer) throws IOException {
        begin(exchange, answer, answer.body().length);
    }

    private static void begin(HttpExchange exchange, FakeAnswer answer, int bytes) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(answer.length()));
        }
        exchange.sendResponseHeaders(answer.status(), head || answer.length() == 0 ? -1 : answer.length());
        if (!head && answer.length() > 0) {
            OutputStream out = exchange.getResponseBody();
            out.write(answer.body(), 0, Math.min(bytes, answer.body().length));
            out.flush();
        }
    }

    private void trickle(HttpExchange exchange, FakeAnswer answer) throws IOException, InterruptedException {
        begin(exchange, answer, 0);
        for (byte one : answer.body()) {
            exchange.getResponseBody().write(one);
            exchange.getResponseBody().flush();
            if (closed.await(3, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /// @param keep how many bytes of what is put are kept
    private FakeAnswer answer(FakeRequest request, S3Operation operation, int keep) {
        try {
            String authorization = request.header("authorization").orElse("");
            for (Map.Entry<String, String> key : refused.entrySet()) {
                if (authorization.contains("Credential=" + key.getKey() + "/")) {
                    throw new FakeBucket.Refusal(403, key.getValue());
                }
            }
            if (!request.bucket().equals(name)) {
                throw new FakeBucket.Refusal(404, "NoSuchBucket");
            }
            requireChecksum(request);
            return done(request, operation, keep);
        } catch (FakeBucket.Refusal refusal) {
            return request.method().equals("HEAD")
                    ? FakeAnswer.empty(refusal.status(), Map.of())
                    : FakeAnswer.error(refusal.status(), refusal.code());
        }
    }

    private static void requireChecksum(FakeRequest request) throws FakeBucket.Refusal {
        Optional<String> given = request.header("x-amz-checksum-crc32c");
        if (given.isPresent() && !given.get().equals(crc32c(request.body()))) {
            throw new FakeBucket.Refusal(400, "BadDigest");
        }
    }

    private static String crc32c(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        byte[] four = ByteBuffer.allocate(4).putInt((int) sum.getValue()).array();
        return Base64.getEncoder().encodeToString(four);
    }

    private FakeAnswer done(FakeRequest request, S3Operation operation, int keep) throws FakeBucket.Refusal {
        Optional<String> version = request.parameter("versionId");
        return switch (operation) {
            case HEAD_BUCKET -> FakeAnswer.empty(200, Map.of());
            case GET_VERSIONING ->
                FakeAnswer.xml("<VersioningConfiguration>"
                        + (versioned ? "<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>" : "")
                        + "</VersioningConfiguration>");
            case GET_LOCK_SETTINGS -> {
                if (!versioned) {
                    throw new FakeBucket.Refusal(404, "ObjectLockConfigurationNotFoundError");
                }
                yield FakeAnswer.xml("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
                        + "</ObjectLockConfiguration>");
            }
            case GET_LIFECYCLE -> throw new FakeBucket.Refusal(404, "NoSuchLifecycleConfiguration");
            case LIST -> FakeListings.objects(bucket, request);
            case LIST_VERSIONS -> FakeListings.versions(bucket, request);
            case LIST_UPLOADS -> FakeListings.uploads(bucket, request);
            case PUT -> {
                byte[] body = request.body();
                byte[] kept = keep < body.length ? Arrays.copyOf(body, keep) : body;
                yield stored(bucket.put(request.key(), kept, request.keeping(), request.onlyIfAbsent()));
            }
            case GET -> get(request, bucket.get(request.key(), version));
            case HEAD -> {
                FakeObject object = bucket.get(request.key(), version);
                yield new FakeAnswer(200, about(object), new byte[0], object.bytes().length);
            }
            case DELETE -> {
                if (bucket.below(request.key()).containsKey(request.key())) {
                    bucket.delete(request.key(), version);
                }
                yield FakeAnswer.empty(204, Map.of());
            }
            case PUT_RETENTION -> {
                String text = new String(request.body(), StandardCharsets.UTF_8);
                bucket.lock(
                        request.key(),
                        version.orElseThrow(),
                        new FakeObject.Lock(found(MODE, text), Instant.parse(found(UNTIL, text))));
                yield FakeAnswer.empty(200, Map.of());
            }
            case START_UPLOAD ->
                FakeAnswer.xml("<InitiateMultipartUploadResult><UploadId>"
                        + bucket.start(request.key(), request.keeping()).id()
                        + "</UploadId></InitiateMultipartUploadResult>");
            case PUT_PART ->
                FakeAnswer.empty(
                        200,
                        Map.of(
                                "ETag",
                                bucket.part(
                                        request.parameter("uploadId").orElseThrow(),
                                        Integer.parseInt(
                                                request.parameter("partNumber").orElseThrow()),
                                        request.body())));
            case COMPLETE ->
                completed(bucket.complete(request.parameter("uploadId").orElseThrow(), request.onlyIfAbsent(), keep));
            case ABORT -> {
                bucket.abort(request.parameter("uploadId").orElseThrow());
                yield FakeAnswer.empty(204, Map.of());
            }
        };
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalArgumentException(text);
        }
        return matcher.group(1);
    }

    /// The answer of a store that did as it was told.
    private static FakeAnswer acknowledged(FakeRequest request, S3Operation operation) {
        FakeObject pretended = new FakeObject(
                "v0",
                false,
                request.body(),
                FakeBucket.etag(request.body()),
                Instant.EPOCH,
                Map.of(),
                Optional.empty());
        return operation == S3Operation.COMPLETE ? completed(pretended) : stored(pretended);
    }

    private static FakeAnswer stored(FakeObject object) {
        return FakeAnswer.empty(200, Map.of("ETag", object.etag(), "x-amz-version-id", object.version()));
    }

    private static FakeAnswer completed(FakeObject object) {
        return FakeAnswer.xml("<CompleteMultipartUploadResult><ETag>"
                + object.etag().replace("\"", "&quot;") + "</ETag></CompleteMultipartUploadResult>");
    }

    private static FakeAnswer get(FakeRequest request, FakeObject object) throws FakeBucket.Refusal {
        if (request.header("if-match")
                .filter(etag -> !etag.equals(object.etag()))
                .isPresent()) {
            throw new FakeBucket.Refusal(412, "PreconditionFailed");
        }
        String[] range = request.header("range")
                .orElseThrow()
                .substring("bytes=".length())
                .split("-", 2);
        int from = Integer.parseInt(range[0]);
        int to = Math.min(Integer.parseInt(range[1]) + 1, object.bytes().length);
        if (from >= object.bytes().length) {
            throw new FakeBucket.Refusal(416, "InvalidRange");
        }
        Map<String, String> headers = about(object);
        headers.put("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + object.bytes().length);
        return FakeAnswer.bytes(206, headers, Arrays.copyOfRange(object.bytes(), from, to));
    }

    private static Map<String, String> about(FakeObject object) {
        Map<String, String> headers = new TreeMap<>(object.headers());
        Set.of("x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date").forEach(headers::remove);
        headers.put("ETag", object.etag());
        headers.put("x-amz-version-id", object.version());
        object.lock().ifPresent(lock -> {
            headers.put("x-amz-object-lock-mode", lock.mode());
            headers.put("x-amz-object-lock-retain-until-date", lock.until().toString());
        });
        return headers;
    }

    @Override
    public void close() {
        closed.countDown();
        late.countDown();
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}

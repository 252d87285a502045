package io.walkback.testkit.kms;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AWS KMS over real HTTP on loopback: `DescribeKey`, `Encrypt` and `Decrypt` of its JSON protocol, with keys in
/// several regions and with the errors that KMS gives. It encrypts with AES-256-GCM, the context among the
/// associated data, so that another key, another context or a changed byte fails by itself. It takes any signature.
///
/// A ciphertext is the ARN's length and the ARN, a nonce, and the sealed bytes.
public final class FakeKms implements AutoCloseable {
    static {
        // Otherwise the JDK's server keeps each short answer back for the 40 ms of a delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /// The account that all keys are in.
    public static final String ACCOUNT = "111122223333";

    private static final int NONCE = 12;
    private static final Pattern CREDENTIAL = Pattern.compile("Credential=[^/]+/[0-9]+/([^/]+)/kms/aws4_request");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Key> keys = new ConcurrentHashMap<>();
    private final Map<String, String> aliases = new ConcurrentHashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Deque<Trouble> trouble = new ArrayDeque<>();

    /// A request that came.
    ///
    /// @param operation `Encrypt` and the like
    /// @param keyId     as it was asked for
    public record Call(String operation, String region, String keyId, Map<String, String> context) {}

    /// @param status 0: no answer at all
    private record Trouble(int status, String code) {}

    private static final class Key {
        private final byte[] material;
        private volatile String state = "Enabled";
        private volatile String usage = "ENCRYPT_DECRYPT";
        private volatile String spec = "SYMMETRIC_DEFAULT";
        private volatile String denied = "";

        private Key(byte[] material) {
            this.material = material;
        }
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String code;

        private Refusal(int status, String code) {
            this.status = status;
            this.code = code;
        }
    }

    private FakeKms() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public static FakeKms start() throws IOException {
        return new FakeKms();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// What `WALKBACK_KEY` says of a key here.
    public String setting(String arn) {
        return "aws-kms://" + arn + "?endpoint=" + endpoint();
    }

    /// Makes a key and returns its ARN; one that is there gets other material.
    ///
    /// @param id such as `mrk-1`
    public String createKey(String region, String id) {
        byte[] material = new byte[32];
        new SecureRandom().nextBytes(material);
        String arn = arn(region, id);
        keys.put(arn, new Key(material));
        return arn;
    }

    /// The same key in another region, as `ReplicateKey` makes it.
    public String replicate(String arn, String region) {
        String replica = arn(region, arn.substring(arn.lastIndexOf('/') + 1));
        keys.put(replica, new Key(key(arn).material));
        return replica;
    }

    public void alias(String region, String alias, String arn) {
        aliases.put(region + "/" + alias, arn);
    }

    /// @param state `Enabled`, `Disabled`, `PendingDeletion`, ...
    public void state(String arn, String state) {
        key(arn).state = state;
    }

    /// Makes it another kind of key.
    public void kind(String arn, String usage, String spec) {
        key(arn).usage = usage;
        key(arn).spec = spec;
    }

    /// From now on the caller may not do this with the key; empty: he may do everything.
    public void deny(String arn, String operation) {
        key(arn).denied = operation;
    }

    /// The next `times` requests are answered so.
    public void fail(int times, int status, String code) {
        synchronized (trouble) {
            for (int i = 0; i < times; i++) {
                trouble.add(new Trouble(status, code));
            }
        }
    }

    /// The next `times` requests get no answer.
    public void ignore(int times) {
        fail(times, 0, "");
    }

    /// What somebody with access to the key encrypts.
    public byte[] encrypt(String arn, byte[] plain, Map<String, String> context) {
        return encrypt(arn, key(arn), plain, context);
    }

    /// What came and was not turned away as told, in order.
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    private static String arn(String region, String id) {
        return "arn:aws:kms:" + region + ":" + ACCOUNT + ":key/" + id;
    }

    private Key key(String arn) {
        Key key = keys.get(arn);
        if (key == null) {
            throw new IllegalArgumentException("no key " + arn);
        }
        return key;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            String operation = target.substring("TrentService.".length());
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Trouble next;
            synchronized (trouble) {
                next = trouble.poll();
            }
            if (next != null && next.status() == 0) {
                closed.await();
                return;
            }
            try {
                if (next != null) {
                    throw new Refusal(next.status(), next.code());
                }
                send(exchange, 200, answer(operation, region(exchange), body));
            } catch (Refusal refusal) {
                send(exchange, refusal.status, "{\"__type\":\"" + refusal.code + "\",\"message\":\"as told\"}");
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static String region(HttpExchange exchange) throws Refusal {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        Matcher credential = CREDENTIAL.matcher(authorization == null ? "" : authorization);
        if (!credential.find()) {
            throw new Refusal(400, "MissingAuthenticationTokenException");
        }
        return credential.group(1);
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.getResponseHeaders().set("x-amzn-RequestId", "request-of-the-fake");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private String answer(String operation, String region, String body) throws Refusal {
        Map<String, String> context = context(body);
        String keyId = text(body, "KeyId");
        calls.add(new Call(operation, region, keyId, context));
        String arn = resolve(region, keyId);
        Key key = keys.get(arn);
        if (key == null || !arn.startsWith("arn:aws:kms:" + region + ":")) {
            throw new Refusal(400, "NotFoundException");
        }
        if (key.denied.equals(operation)) {
            throw new Refusal(400, "AccessDeniedException");
        }
        if (operation.equals("DescribeKey")) {
            return "{\"KeyMetadata\":{\"AWSAccountId\":\"" + ACCOUNT + "\",\"Arn\":\"" + arn + "\",\"KeyId\":\""
                    + arn.substring(arn.lastIndexOf('/') + 1) + "\",\"KeyState\":\"" + key.state
                    + "\",\"KeyUsage\":\"" + key.usage + "\",\"KeySpec\":\"" + key.spec + "\"}}";
        }
        if (key.state.equals("Disabled")) {
            throw new Refusal(400, "DisabledException");
        }
        if (!key.state.equals("Enabled")) {
            throw new Refusal(400, "KMSInvalidStateException");
        }
        Base64.Encoder base64 = Base64.getEncoder();
        return switch (operation) {
            case "Encrypt" -> {
                byte[] sealed = encrypt(arn, key, Base64.getDecoder().decode(text(body, "Plaintext")), context);
                yield "{\"KeyId\":\"" + arn + "\",\"CiphertextBlob\":\"" + base64.encodeToString(sealed)
                        + "\",\"EncryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"}";
            }
            case "Decrypt" -> {
                byte[] plain = decrypt(arn, key, Base64.getDecoder().decode(text(body, "CiphertextBlob")), context);
                yield "{\"KeyId\":\"" + arn + "\",\"Plaintext\":\"" + base64.encodeToString(plain)
                        + "\",\"EncryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"}";
            }
            default -> throw new Refusal(400, "UnknownOperationException");
        };
    }

    private String resolve(String region, String keyId) {
        if (keyId.startsWith("arn:")) {
            return keyId;
        }
        return keyId.startsWith("alias/") ? aliases.getOrDefault(region + "/" + keyId, "") : arn(region, keyId);
    }

    private static byte[] encrypt(String arn, Key key, byte[] plain, Map<String, String> context) {
        try {
            byte[] name = arn.getBytes(StandardCharsets.US_ASCII);
            byte[] nonce = new byte[NONCE];
            new SecureRandom().nextBytes(nonce);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, context).doFinal(plain);
            return ByteBuffer.allocate(1 + name.length + NONCE + sealed.length)
                    .put((byte) name.length)
                    .put(name)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] decrypt(String arn, Key key, byte[] blob, Map<String, String> context) throws Refusal {
        int length = blob.length == 0 ? 0 : blob[0] & 0xFF;
        if (blob.length < 1 + length + NONCE) {
            throw new Refusal(400, "InvalidCiphertextException");
        }
        String wrappedBy = new String(blob, 1, length, StandardCharsets.US_ASCII);
        if (!identity(wrappedBy).equals(identity(arn))) {
            throw new Refusal(400, "IncorrectKeyException");
        }
        int at = 1 + length + NONCE;
        byte[] nonce = Arrays.copyOfRange(blob, 1 + length, at);
        try {
            return cipher(Cipher.DECRYPT_MODE, key, nonce, context).doFinal(blob, at, blob.length - at);
        } catch (GeneralSecurityException _) {
            throw new Refusal(400, "InvalidCiphertextException");
        }
    }

    private static String identity(String arn) {
        return arn.contains("/mrk-") ? arn.substring(arn.lastIndexOf('/')) : arn;
    }

    private static Cipher cipher(int mode, Key key, byte[] nonce, Map<String, String> context)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key.material, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(new TreeMap<>(context).toString().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static String text(String json, String field) {
        Matcher matcher =
                Pattern.compile("\"" + field + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static Map<String, String> context(String json) {
        Matcher whole =
                Pattern.compile("\"EncryptionContext\"\\s*:\\s*\\{([^}]*)\\}").matcher(json);
        Map<String, String> context = new TreeMap<>();
        if (whole.find()) {
            Matcher pair = Pattern.compile("\"([^\"]*)\"\\s*:\\s*\"([^\"]*)\"").matcher(whole.group(1));
            while (pair.find()) {
                context.put(pair.group(1), pair.group(2));
            }
        }
        return context;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}

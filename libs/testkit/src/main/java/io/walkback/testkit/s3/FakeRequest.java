package io.walkback.testkit.s3;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A request as [FakeS3] sees it: `/bucket/key?query`.
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record FakeRequest(
        String method, String bucket, String key, Map<String, String> query, Map<String, String> headers, byte[] body) {
    static FakeRequest of(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath().substring(1);
        int slash = path.indexOf('/');
        Map<String, String> query = new TreeMap<>();
        String text = exchange.getRequestURI().getRawQuery();
        if (text != null) {
            for (String pair : text.split("&", -1)) {
                int equals = pair.indexOf('=');
                query.put(
                        decoded(equals < 0 ? pair : pair.substring(0, equals)),
                        equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        return new FakeRequest(
                exchange.getRequestMethod(),
                slash < 0 ? path : path.substring(0, slash),
                slash < 0 ? "" : decoded(path.substring(slash + 1)),
                query,
                headers,
                exchange.getRequestBody().readAllBytes());
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
    }

    boolean onlyIfAbsent() {
        return header("if-none-match").isPresent();
    }

    /// Headers that say how an object is kept.
    Map<String, String> keeping() {
        Map<String, String> kept = new TreeMap<>();
        headers.forEach((name, value) -> {
            if (name.startsWith("x-amz-meta-")
                    || name.startsWith("x-amz-server-side-encryption")
                    || name.startsWith("x-amz-object-lock")
                    || name.equals("x-amz-storage-class")) {
                kept.put(name, value);
            }
        });
        return kept;
    }

    S3Operation operation() {
        if (key.isEmpty()) {
            return ofBucket();
        }
        boolean upload = query.containsKey("uploadId");
        return switch (method) {
            case "HEAD" -> S3Operation.HEAD;
            case "GET" -> S3Operation.GET;
            case "DELETE" -> upload ? S3Operation.ABORT : S3Operation.DELETE;
            case "POST" -> upload ? S3Operation.COMPLETE : S3Operation.START_UPLOAD;
            case "PUT" ->
                query.containsKey("retention")
                        ? S3Operation.PUT_RETENTION
                        : upload ? S3Operation.PUT_PART : S3Operation.PUT;
            default -> throw new IllegalArgumentException(method);
        };
    }

    private S3Operation ofBucket() {
        if (method.equals("HEAD")) {
            return S3Operation.HEAD_BUCKET;
        }
        if (query.containsKey("versioning")) {
            return S3Operation.GET_VERSIONING;
        }
        if (query.containsKey("object-lock")) {
            return S3Operation.GET_LOCK_SETTINGS;
        }
        if (query.containsKey("lifecycle")) {
            return S3Operation.GET_LIFECYCLE;
        }
        if (query.containsKey("versions")) {
            return S3Operation.LIST_VERSIONS;
        }
        return query.containsKey("uploads") ? S3Operation.LIST_UPLOADS : S3Operation.LIST;
    }
}

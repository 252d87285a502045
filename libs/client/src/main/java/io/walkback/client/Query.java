package io.walkback.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import org.jspecify.annotations.Nullable;

/// A path with its query, every part encoded, so that no name can reach another path.
final class Query {
    private final StringBuilder text;
    private char next = '?';

    Query(String path) {
        this.text = new StringBuilder(path);
    }

    /// One segment of a path.
    static String segment(String value) {
        return URLEncoder.encode(value, UTF_8).replace("+", "%20");
    }

    /// Adds a parameter; null adds nothing.
    Query with(String name, @Nullable Object value) {
        if (value != null) {
            text.append(next).append(name).append('=').append(URLEncoder.encode(value.toString(), UTF_8));
            next = '&';
        }
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

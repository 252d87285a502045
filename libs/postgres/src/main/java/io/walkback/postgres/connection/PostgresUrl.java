package io.walkback.postgres.connection;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.domain.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Connection URLs as libpq writes them. The grammar is
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>, without several hosts and
/// without unix sockets, which Java cannot authenticate on.
final class PostgresUrl {
    private static final int DEFAULT_PORT = 5432;
    private static final String HINT =
            "Write postgresql://user@host:port/dbname?sslmode=verify-full&sslrootcert=/path/ca.pem.";

    private PostgresUrl() {}

    static PostgresTarget parse(String url) {
        URI uri = uri(url.startsWith("jdbc:") ? url.substring(5) : url);
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw refused("it names no single host");
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        int colon = userInfo.indexOf(':');
        String user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
        Secret password = colon < 0 ? null : new Secret(decode(userInfo.substring(colon + 1)));
        Map<String, String> parameters = parameters(uri.getRawQuery());
        user = parameters.containsKey("user") ? taken(parameters, "user") : user;
        password = parameters.containsKey("password") ? new Secret(taken(parameters, "password")) : password;
        String sslMode = parameters.remove("sslmode");
        Path rootCert = path(parameters.remove("sslrootcert"));
        Path cert = path(parameters.remove("sslcert"));
        Path key = path(parameters.remove("sslkey"));
        if (!parameters.isEmpty()) {
            throw refused("parameter '"
                    + Text.printable(parameters.keySet().iterator().next(), 40) + "' is not understood");
        }
        if (user.isEmpty()) {
            throw refused("it names no user");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String database = path.length() > 1 ? decode(path.substring(1)) : user;
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        try {
            SslMode mode = sslMode == null ? SslMode.PREFER : SslMode.parse(sslMode);
            return new PostgresTarget(host, port, database, user, password, mode, rootCert, cert, key);
        } catch (IllegalArgumentException unfit) {
            throw refused(String.valueOf(unfit.getMessage()));
        }
    }

    static String format(PostgresTarget target) {
        StringBuilder url = new StringBuilder("postgresql://")
                .append(encode(target.user()))
                .append('@')
                .append(target.address())
                .append('/')
                .append(encode(target.database()))
                .append("?sslmode=")
                .append(target.sslMode().parameter());
        append(url, "sslrootcert", target.sslRootCert());
        append(url, "sslcert", target.sslCert());
        append(url, "sslkey", target.sslKey());
        return url.toString();
    }

    private static URI uri(String url) {
        if (!url.startsWith("postgresql://") && !url.startsWith("postgres://")) {
            throw refused("it does not begin with postgresql://");
        }
        try {
            return new URI(url).parseServerAuthority();
        } catch (URISyntaxException malformed) {
            // The exception's own text repeats the URL, password and all, so it is neither shown nor kept as a cause.
            throw refused("at character " + malformed.getIndex() + ": " + malformed.getReason());
        }
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw refused("a parameter has no value");
            }
            String name = decode(pair.substring(0, equals));
            if (parameters.put(name, decode(pair.substring(equals + 1))) != null) {
                throw refused("parameter '" + Text.printable(name, 40) + "' is given twice");
            }
        }
        return parameters;
    }

    private static String taken(Map<String, String> parameters, String name) {
        String value = parameters.remove(name);
        return value == null ? "" : value;
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }

    private static void append(StringBuilder url, String name, @Nullable Path value) {
        if (value != null) {
            url.append('&').append(name).append('=').append(encode(value.toString()));
        }
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            // Its message could repeat a password.
            throw refused("a percent sign is not followed by two hexadecimal digits");
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static OperatorActionException refused(String why) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION, "the connection url cannot be used: " + why, HINT);
    }
}

package io.walkback.messaging.registry;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How the registry is reached, under the names that `kafka-avro-serializer` made usual.
///
/// | setting | meaning |
/// | --- | --- |
/// | `schema.registry.url` | one or more addresses, separated by commas, tried in order; with Apicurio ending in
/// `/apis/ccompat/v7` |
/// | `basic.auth.credentials.source` | `USER_INFO` or `URL`; `URL` unless told otherwise |
/// | `basic.auth.user.info` | `user:password` for `USER_INFO` |
/// | `bearer.auth.credentials.source` | `STATIC_TOKEN` |
/// | `bearer.auth.token` | the token for it |
/// | `schema.registry.ssl.truststore.location`, `.password`, `.type` | whose certificates are trusted: a file, its
/// password, and `JKS` (unless told otherwise), `PKCS12` or `PEM`. With `schema.registry.ssl.keystore.*` we show
/// one of our own. The name in the registry's certificate is always compared |
/// | `auto.register.schemas` | false: a schema must have been registered by somebody else |
/// | `walkback.state-dir` | where learnt ids are kept; without it they are forgotten at the end of the process |
public final class RegistrySettings {
    public static final String URL = "schema.registry.url";
    public static final String AUTO_REGISTER = "auto.register.schemas";
    public static final String STATE_DIRECTORY = "walkback.state-dir";
    private static final String BASIC_SOURCE = "basic.auth.credentials.source";
    private static final String BASIC_USER_INFO = "basic.auth.user.info";
    private static final String BEARER_SOURCE = "bearer.auth.credentials.source";
    private static final String BEARER_TOKEN = "bearer.auth.token";

    private final List<URI> addresses;
    private final @Nullable String authorization;
    private final boolean autoRegister;
    private final @Nullable Path stateDirectory;
    private final @Nullable SSLContext tls;

    private RegistrySettings(
            List<URI> addresses,
            @Nullable String authorization,
            boolean autoRegister,
            @Nullable Path stateDirectory,
            @Nullable SSLContext tls) {
        this.addresses = List.copyOf(addresses);
        this.authorization = authorization;
        this.autoRegister = autoRegister;
        this.stateDirectory = stateDirectory;
        this.tls = tls;
    }

    /// Reads the settings of a Kafka client. Throws [OperatorActionException] with `CONFIGURATION` for what cannot
    /// be used.
    public static RegistrySettings from(Map<String, ?> settings) {
        String url = text(settings, URL).orElseThrow(() -> wrong(URL + " is not set"));
        List<URI> given = Arrays.stream(url.split(",", -1))
                .map(String::strip)
                .map(RegistrySettings::address)
                .toList();
        return new RegistrySettings(
                given.stream().map(RegistrySettings::withoutUser).toList(),
                authorization(settings, given.getFirst()),
                text(settings, AUTO_REGISTER).map(Boolean::parseBoolean).orElse(true),
                text(settings, STATE_DIRECTORY).map(Path::of).orElse(null),
                RegistryTls.from(settings).orElse(null));
    }

    List<URI> addresses() {
        return addresses;
    }

    Optional<String> authorization() {
        return Optional.ofNullable(authorization);
    }

    boolean autoRegister() {
        return autoRegister;
    }

    Optional<Path> stateDirectory() {
        return Optional.ofNullable(stateDirectory);
    }

    /// Empty: what Java trusts.
    Optional<SSLContext> tls() {
        return Optional.ofNullable(tls);
    }

    private static @Nullable String authorization(Map<String, ?> settings, URI first) {
        Optional<String> bearer = text(settings, BEARER_SOURCE);
        if (bearer.isPresent()) {
            if (!bearer.get().equals("STATIC_TOKEN")) {
                throw wrong(BEARER_SOURCE + " can be STATIC_TOKEN, not '" + bearer.get() + "'");
            }
            return "Bearer " + text(settings, BEARER_TOKEN).orElseThrow(() -> wrong(BEARER_TOKEN + " is not set"));
        }
        String source = text(settings, BASIC_SOURCE).orElse("URL");
        return switch (source) {
            case "URL" -> first.getUserInfo() == null ? null : basic(first.getUserInfo());
            case "USER_INFO" ->
                basic(text(settings, BASIC_USER_INFO).orElseThrow(() -> wrong(BASIC_USER_INFO + " is not set")));
            default -> throw wrong(BASIC_SOURCE + " can be URL or USER_INFO, not '" + source + "'");
        };
    }

    private static String basic(String userInfo) {
        return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }

    private static URI address(String text) {
        try {
            URI address = URI.create(text.endsWith("/") ? text : text + "/");
            if (address.getHost() != null && List.of("http", "https").contains(address.getScheme())) {
                return address;
            }
        } catch (IllegalArgumentException notAnAddress) {
            // Said below, without the text: it may hold a password.
            throw wrong(URL + " holds something that is not an http address");
        }
        throw wrong(URL + " holds something that is not an http address");
    }

    /// What is logged and shown never holds a password (P11).
    private static URI withoutUser(URI address) {
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        return URI.create(address.getScheme() + "://" + address.getHost() + port + address.getRawPath());
    }

    private static Optional<String> text(Map<String, ?> settings, String name) {
        Object value = settings.get(name);
        return value == null || value.toString().isBlank()
                ? Optional.empty()
                : Optional.of(value.toString().strip());
    }

    private static OperatorActionException wrong(String message) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION, message, "Correct the settings of the schema registry.");
    }
}

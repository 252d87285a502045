package io.walkback.messaging.registry;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/// TLS to the registry: `schema.registry.ssl.*`, each read as Kafka's clients read the `ssl.*` of the same name.
final class RegistryTls {
    private static final String REGISTRY = "schema.registry.";
    private static final ConfigDef KNOWN = known();

    private RegistryTls() {}

    /// What to trust and to show, empty when nothing is set and Java's own settings hold. Throws
    /// [OperatorActionException] with `CONFIGURATION` for a name that is not known and a store that cannot be read.
    static Optional<SSLContext> from(Map<String, ?> settings) {
        Map<String, Object> told = new HashMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(REGISTRY + "ssl.")) {
                told.put(name.substring(REGISTRY.length()), value);
            }
        });
        if (told.isEmpty()) {
            return Optional.empty();
        }
        TreeSet<String> unknown = new TreeSet<>(told.keySet());
        unknown.removeAll(KNOWN.names());
        if (!unknown.isEmpty()) {
            throw wrong(REGISTRY + unknown.first() + " is no setting of TLS", null);
        }
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(KNOWN.parse(told));
            return Optional.of(factory.sslContext());
        } catch (KafkaException unusable) {
            throw wrong(REGISTRY + "ssl.* cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    private static ConfigDef known() {
        ConfigDef definition = new ConfigDef();
        SslConfigs.addClientSslSupport(definition);
        return definition;
    }

    private static OperatorActionException wrong(String message, @Nullable Throwable cause) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                message,
                "Check location, password and type (JKS unless told otherwise, PKCS12, PEM) of the stores.",
                cause);
    }
}

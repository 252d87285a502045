package io.walkback.messaging.client;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How Kafka and the registry are reached: `walkback.kafka.*`.
///
/// @param bootstrapServers one or more `host:port`, separated by commas
/// @param registryUrl address of the schema registry, what others call `schema.registry.url`
/// @param stateDir where learnt schema ids are kept, so that a restart does not need the registry
/// @param singleBroker one copy of each record is enough. Off unless told otherwise, because with one copy the
///     loss of a disk loses the operation log
/// @param properties passed on to every client: `security.*`, `ssl.*`, `sasl.*`, and the settings of the registry
///     and serde (`basic.auth.*`, `bearer.auth.*`, `auto.register.schemas`, `walkback.avro.*`). May hold secrets,
///     so it is never printed
@ConfigurationProperties("walkback.kafka")
public record KafkaSettings(
        String bootstrapServers,
        String registryUrl,
        Path stateDir,
        @DefaultValue("false") boolean singleBroker,
        @DefaultValue Map<String, String> properties) {
    private static final List<String> PASSED_ON = List.of(
            "security.", "ssl.", "sasl.", "basic.auth.", "bearer.auth.", "auto.register.schemas", "walkback.avro.");

    public KafkaSettings {
        properties = Map.copyOf(properties);
        for (String name : new TreeMap<>(properties).keySet()) {
            if (PASSED_ON.stream().noneMatch(name::startsWith)) {
                throw new OperatorActionException(
                        FailureCode.CONFIGURATION,
                        "walkback.kafka.properties." + name + " is not passed on to Kafka clients",
                        "Only settings that begin with one of " + PASSED_ON + " are; the others guard your data.");
            }
        }
        if (bootstrapServers.isBlank()) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "walkback.kafka.bootstrap-servers is empty",
                    "Name at least one broker as host:port.");
        }
    }

    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers + ", properties " + new TreeMap<>(properties).keySet() + "]";
    }
}

package io.walkback.messaging.client;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.messaging.serde.MessageDeserializer;
import io.walkback.messaging.serde.MessageSerializer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How Kafka and the registry are reached: `walkback.kafka.*`.
///
/// @param bootstrapServers one or more `host:port`, separated by commas
/// @param registryUrl address of the schema registry; a `schema.registry.url` among the properties goes before it
/// @param stateDir where learnt schema ids are kept, so that a restart does not need the registry
/// @param singleBroker one copy of each record is enough. Off unless told otherwise, because with one copy the
///     loss of a disk loses the operation log
/// @param properties passed on to every client: `security.*`, `ssl.*`, `sasl.*`, and the settings of the registry
///     and serde (`schema.registry.*`, `basic.auth.*`, `bearer.auth.*`, `auto.register.schemas`,
///     `walkback.avro.*`). Where `walkback.avro.serializer` or `walkback.avro.deserializer` names a class, also
///     whatever is no setting of Kafka's clients, since it may be one of that class. May hold secrets, so it is
///     never printed
@ConfigurationProperties("walkback.kafka")
public record KafkaSettings(
        String bootstrapServers,
        String registryUrl,
        Path stateDir,
        @DefaultValue("false") boolean singleBroker,
        @DefaultValue Map<String, String> properties) {
    private static final List<String> PASSED_ON = List.of(
            "security.",
            "ssl.",
            "sasl.",
            "schema.registry.",
            "basic.auth.",
            "bearer.auth.",
            "auto.register.schemas",
            "walkback.avro.");
    private static final Set<String> OF_KAFKA = Stream.of(
                    ProducerConfig.configNames(), ConsumerConfig.configNames(), AdminClientConfig.configNames())
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    public KafkaSettings {
        properties = Map.copyOf(properties);
        boolean ownSerde = !properties.containsKey(MessageSerializer.AVRO_SERIALIZER)
                && !properties.containsKey(MessageDeserializer.AVRO_DESERIALIZER);
        for (String name : new TreeMap<>(properties).keySet()) {
            if (PASSED_ON.stream().noneMatch(name::startsWith) && (ownSerde || OF_KAFKA.contains(name))) {
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

package io.walkback.messaging.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import io.walkback.messaging.serde.MessageSerializer;
import io.walkback.messaging.serde.Samples;
import io.walkback.messaging.serde.WireFormatTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

class KafkaSettingsTest {
    private static final Map<String, String> LEAST = Map.of(
            "walkback.kafka.bootstrap-servers", "b:9092",
            "walkback.kafka.registry-url", "http://r",
            "walkback.kafka.state-dir", "/s");

    @Test
    void whatIsNotSaidIsStrict() {
        assertThat(bind(LEAST)).isEqualTo(new KafkaSettings("b:9092", "http://r", Path.of("/s"), false, Map.of()));
    }

    @Test
    void everyPropertyCanBeSet() {
        // Given
        Map<String, String> all = new HashMap<>(LEAST);
        all.put("walkback.kafka.single-broker", "true");
        all.put("walkback.kafka.properties[sasl.jaas.config]", "hush");
        // When
        KafkaSettings settings = bind(all);
        // Then
        assertThat(settings)
                .isEqualTo(new KafkaSettings(
                        "b:9092", "http://r", Path.of("/s"), true, Map.of("sasl.jaas.config", "hush")));
        assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("hush");
        assertThat(new KafkaClients(settings).messageProducer("me"))
                .containsEntry("sasl.jaas.config", "hush")
                .containsEntry("acks", "all")
                .containsEntry("schema.registry.url", "http://r")
                .containsEntry("walkback.state-dir", "/s");
    }

    @Test
    void aSettingThatGuardsDataCannotBeReplaced() {
        assertThatThrownBy(() -> new KafkaSettings("b", "http://r", Path.of("s"), false, Map.of("acks", "0")))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("walkback.kafka.properties.acks");
        assertThatThrownBy(() -> new KafkaSettings(" ", "http://r", Path.of("s"), false, Map.of()))
                .isInstanceOf(OperatorActionException.class);
    }

    @Test
    void theRegistrysSettingsKeepTheirUsualNames() {
        // Given
        Map<String, String> told = Map.of(
                "schema.registry.url", "https://other/",
                "schema.registry.ssl.truststore.location", "/etc/ca.pem");
        // When
        KafkaSettings settings = new KafkaSettings("b", "http://r", Path.of("s"), false, told);
        // Then
        assertThat(new KafkaClients(settings).messageProducer("me")).containsAllEntriesOf(told);
    }

    @Test
    void whatASerializerOfOthersUnderstandsReachesItAndWhatGuardsDataStaysOurs() {
        // Given
        Map<String, String> theirs = new HashMap<>(Map.of("use.latest.version", "true"));
        assertThatThrownBy(() -> new KafkaSettings("b", "http://r", Path.of("s"), false, theirs))
                .as("ours would ignore it")
                .isInstanceOf(OperatorActionException.class);
        // When
        theirs.put(MessageSerializer.AVRO_SERIALIZER, "io.confluent.kafka.serializers.KafkaAvroSerializer");
        // Then
        KafkaSettings settings = new KafkaSettings("b", "http://r", Path.of("s"), false, theirs);
        assertThat(new KafkaClients(settings).messageProducer("me")).containsAllEntriesOf(theirs);
        for (String guarded : List.of("acks", "isolation.level", "request.timeout.ms")) {
            Map<String, String> more = new HashMap<>(theirs);
            more.put(guarded, "0");
            assertThatThrownBy(() -> new KafkaSettings("b", "http://r", Path.of("s"), false, more))
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining("walkback.kafka.properties." + guarded);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(KafkaSettings.class)
    static class Service {}

    @Test
    void theCommandLineOfTheReadmeReplacesTheSerializer() throws IOException {
        // Given
        Matcher readme = Pattern.compile("(--walkback\\.kafka\\.properties\\.\\S+=)io\\.confluent\\.\\S+")
                .matcher(Files.readString(Path.of("../../README.md")));
        assertThat(readme.find()).isTrue();
        String argument = readme.group(1) + WireFormatTest.Foreign.class.getName();
        // When
        try (ConfigurableApplicationContext service = new SpringApplicationBuilder(Service.class)
                        .web(WebApplicationType.NONE)
                        .properties(new HashMap<>(LEAST))
                        .run(argument);
                MessageSerializer serializer = new MessageSerializer()) {
            serializer.configure(new KafkaClients(service.getBean(KafkaSettings.class)).messageProducer("me"), false);
            // Then
            assertThat(serializer.serialize("backup-requested", Samples.request("shop", 1)))
                    .containsExactly(42);
        }
    }

    @Test
    void consumersReadCommittedRecordsAndNeverCommitByThemselves() {
        KafkaClients clients = new KafkaClients(bind(LEAST));
        assertThat(clients.messageConsumer("me"))
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("enable.auto.commit", false)
                .containsEntry("auto.offset.reset", "earliest")
                .containsEntry("allow.auto.create.topics", false);
    }

    private static KafkaSettings bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("walkback.kafka", KafkaSettings.class);
    }
}

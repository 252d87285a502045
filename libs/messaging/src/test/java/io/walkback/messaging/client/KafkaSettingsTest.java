package io.walkback.messaging.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

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

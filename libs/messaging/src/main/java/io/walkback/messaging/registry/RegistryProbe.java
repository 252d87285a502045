package io.walkback.messaging.registry;

import java.util.Map;

/// Whether the schema registry answers. Nothing depends on it at run time: known schemas go on working without.
public final class RegistryProbe {
    private RegistryProbe() {}

    /// @param settings of a Kafka client, as [io.walkback.messaging.client.KafkaClients] makes them
    /// @throws io.walkback.domain.RetryableException `REGISTRY_UNAVAILABLE`
    public static void ask(Map<String, ?> settings) {
        new RegistryClient(RegistrySettings.from(settings)).reach();
    }
}

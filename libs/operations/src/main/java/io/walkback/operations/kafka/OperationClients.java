package io.walkback.operations.kafka;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/// Where the runtime gets its Kafka clients from: string keys, domain values, committed records only, acknowledged
/// by all in sync. Whoever asks closes them.
public interface OperationClients {
    /// @param settings Kafka's own names, on top of what every client has
    Producer<String, Object> producer(Map<String, Object> settings);

    /// @param settings Kafka's own names, on top of what every client has
    Consumer<String, Object> consumer(Map<String, Object> settings);

    Admin admin();
}

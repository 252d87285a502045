package io.walkback.messaging.client;

import io.walkback.messaging.registry.RegistrySettings;
import io.walkback.messaging.serde.MessageDeserializer;
import io.walkback.messaging.serde.MessageSerializer;
import io.walkback.schemas.TopicSpec;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Makes Kafka clients. Immutable, so thread-safe; whoever asks for a client closes it.
///
/// | bound | value |
/// | --- | --- |
/// | a record is acknowledged, or given up, within | 120 s |
/// | a send waits for metadata or buffer space | 15 s |
/// | a transaction lasts | 10 s |
/// | a producer's buffer | 8 MiB |
/// | one fetch | 8 MiB, 1 MiB per partition |
/// | records per poll | 200 |
/// | time between polls | 5 min |
public final class KafkaClients {
    private static final int MEBIBYTE = 1 << 20;

    private final KafkaSettings settings;

    public KafkaClients(KafkaSettings settings) {
        this.settings = settings;
    }

    /// Writes domain records. Sends throw a [io.walkback.domain.PlatformException] for a record that is refused
    /// before it goes out, and fail their future for one that the brokers did not take.
    public Producer<String, Object> producer(String clientId) {
        return new KafkaProducer<>(messageProducer(clientId));
    }

    /// Writes domain records in transactions.
    ///
    /// @param transactionalId one per instance and stable over its restarts: a successor fences its predecessor
    public Producer<String, Object> transactional(String clientId, String transactionalId) {
        Map<String, Object> config = messageProducer(clientId);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        // Kafka wants a delivery to end within its transaction.
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 9_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        return new KafkaProducer<>(config);
    }

    /// Reads domain records from partitions that the caller assigns and positions: no group, no commits. An offset
    /// that is gone is an error, never a jump. A record that cannot be read ends `poll` with a
    /// `RecordDeserializationException` whose cause is our exception, and the position stays before it.
    public Consumer<String, Object> reader(String clientId) {
        Map<String, Object> config = messageConsumer(clientId);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return new KafkaConsumer<>(config);
    }

    /// Reads domain records as a member of a group, from the earliest record on where the group is new. The caller
    /// commits.
    public Consumer<String, Object> member(String clientId, String group) {
        Map<String, Object> config = messageConsumer(clientId);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(config);
    }

    /// Writes the tail of a database's WAL: bytes, each record at once. A commit may be waiting for it, so it is
    /// given up sooner, after 30 seconds.
    public Producer<byte[], byte[]> tail(String clientId) {
        Map<String, Object> config = rawProducer(clientId);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        return new KafkaProducer<>(config);
    }

    /// Reads bytes from partitions that the caller assigns and positions; where an offset is gone, from the
    /// earliest one on.
    public Consumer<byte[], byte[]> bytes(String clientId) {
        return new KafkaConsumer<>(rawConsumer(clientId));
    }

    public Admin admin(String clientId) {
        Map<String, Object> config = common(clientId);
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 20_000);
        return Admin.create(config);
    }

    /// Settings of a producer of domain records.
    public Map<String, Object> messageProducer(String clientId) {
        Map<String, Object> config = rawProducer(clientId);
        config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, MessageSerializer.class);
        return config;
    }

    /// Settings of a producer of bytes, for dead letters.
    public Map<String, Object> rawProducer(String clientId) {
        Map<String, Object> config = common(clientId);
        config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 30_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L * MEBIBYTE);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, TopicSpec.MAX_MESSAGE_BYTES);
        return config;
    }

    /// Settings of a consumer of domain records.
    public Map<String, Object> messageConsumer(String clientId) {
        Map<String, Object> config = rawConsumer(clientId);
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, MessageDeserializer.class);
        return config;
    }

    /// Settings of a consumer of bytes, for listeners, which decode each record by itself.
    public Map<String, Object> rawConsumer(String clientId) {
        Map<String, Object> config = common(clientId);
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 * MEBIBYTE);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, TopicSpec.MAX_MESSAGE_BYTES);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 200);
        config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000);
        // A question about offsets waits behind the fetch before it on the same connection: with Kafka's 500 ms, one
        // that must be answered within a quarter of a second never is while a topic is quiet.
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        return config;
    }

    private Map<String, Object> common(String clientId) {
        Map<String, Object> config = new HashMap<>(settings.properties());
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        // A broker that is away is asked again soon, but not ten times a second.
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
        config.putIfAbsent(RegistrySettings.URL, settings.registryUrl());
        config.put(RegistrySettings.STATE_DIRECTORY, settings.stateDir().toString());
        return config;
    }
}

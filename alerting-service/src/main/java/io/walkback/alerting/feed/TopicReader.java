package io.walkback.alerting.feed;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Reads what the alert topics hold, from their beginnings to the ends that they have now.
final class TopicReader {
    /// Far below the time between two polls of the group, in whose callback this runs.
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaClients clients;
    private final String clientId;

    TopicReader(KafkaClients clients, String clientId) {
        this.clients = clients;
        this.clientId = clientId;
    }

    /// @param states in the order of the topic
    /// @param deliveries likewise
    record Kept(List<AlertState> states, List<AlertDelivery> deliveries) {}

    /// Throws [RetryableException] when the brokers do not give it all within 2 min.
    Kept read() {
        try (Consumer<String, Object> reader = clients.reader(clientId + ".alerts")) {
            List<TopicPartition> partitions = Stream.of(Topics.ALERT_STATE, Topics.ALERT_DELIVERY)
                    .flatMap(topic -> reader.partitionsFor(topic.name()).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            Kept kept = new Kept(new ArrayList<>(), new ArrayList<>());
            long end = System.nanoTime() + DEADLINE.toNanos();
            while (partitions.stream().anyMatch(part -> reader.position(part) < ends.getOrDefault(part, 0L))) {
                if (System.nanoTime() > end) {
                    throw unread(null);
                }
                reader.poll(POLL).forEach(record -> keep(kept, record));
            }
            return kept;
        } catch (KafkaException failed) {
            throw unread(failed);
        }
    }

    private static void keep(Kept kept, ConsumerRecord<String, Object> record) {
        switch (record.value()) {
            case AlertState state -> kept.states().add(state);
            case AlertDelivery delivery -> kept.deliveries().add(delivery);
            case null -> {}
            default ->
                throw new IllegalStateException("topic '" + record.topic() + "' holds a "
                        + record.value().getClass());
        }
    }

    private static RetryableException unread(@Nullable Exception cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "the alert topics were not read to their ends within " + DEADLINE.toSeconds() + " s",
                "Look at the brokers; this process begins again.",
                cause);
    }
}

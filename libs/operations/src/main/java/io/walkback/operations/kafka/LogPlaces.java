package io.walkback.operations.kafka;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;

/// What the brokers say about the operation log itself. The id is asked once; thread-safe.
public final class LogPlaces {
    /// Consumer group of the projector, whose position says up to where the snapshot stands for the log.
    public static final String PROJECTOR_GROUP = "walkback.projector";

    private static final long TIMEOUT_SECONDS = 30;

    private final Admin admin;
    private final String topicId;

    /// Throws a [RetryableException] when the brokers do not answer or the topic is not there yet.
    public LogPlaces(Admin admin) {
        this.admin = admin;
        String topic = Topics.OPERATION_LOG.name();
        this.topicId = answer(admin.describeTopics(List.of(topic)).allTopicNames())
                .values()
                .iterator()
                .next()
                .topicId()
                .toString();
    }

    /// Kafka's id of the log, which changes when the topic is made anew.
    public String topicId() {
        return topicId;
    }

    /// By partition, the offset that the projector will read next; absent where it has read nothing yet.
    Map<Integer, Long> projected() {
        Map<Integer, Long> next = new HashMap<>();
        answer(admin.listConsumerGroupOffsets(PROJECTOR_GROUP).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null && partition.topic().equals(Topics.OPERATION_LOG.name())) {
                        next.put(partition.partition(), offset.offset());
                    }
                });
        return next;
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable(interrupted);
        } catch (ExecutionException | TimeoutException fault) {
            throw unavailable(fault);
        }
    }

    private static RetryableException unavailable(Exception fault) {
        Throwable cause = fault.getCause() == null ? fault : fault.getCause();
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "Kafka did not say where the operation log stands: "
                        + cause.getClass().getSimpleName() + ": " + cause.getMessage(),
                "See whether the brokers are up; the scheduler-service makes the topics when it starts.",
                fault);
    }
}

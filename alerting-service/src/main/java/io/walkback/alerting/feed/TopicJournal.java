package io.walkback.alerting.feed;

import io.walkback.alerting.state.AlertJournal;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import io.walkback.messaging.topic.Routes;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/// The topics `alert-state` and `alert-delivery`. A write returns when all in-sync brokers have it.
final class TopicJournal implements AlertJournal {
    /// A little more than the producer itself tries.
    private static final Duration PATIENCE = Duration.ofSeconds(130);

    private final Producer<String, Object> producer;

    TopicJournal(Producer<String, Object> producer) {
        this.producer = producer;
    }

    @Override
    public void write(AlertState state) {
        send(state);
    }

    @Override
    public void write(AlertDelivery delivery) {
        send(delivery);
    }

    private void send(Object message) {
        try {
            Future<RecordMetadata> sent = producer.send(Routes.record(message));
            sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unwritten(message, interrupted);
        } catch (ExecutionException | TimeoutException | KafkaException failed) {
            throw unwritten(message, failed);
        }
    }

    private static RetryableException unwritten(Object message, Exception cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "topic '" + Routes.topic(message).name() + "' did not take '" + Routes.key(message) + "'",
                "Look at the brokers; the record is written again by itself.",
                cause);
    }
}

package io.walkback.operations.kafka;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// Kafka's two ways to fail a send, one future.
final class Sending {
    private Sending() {}

    static CompletableFuture<Void> send(Producer<String, Object> producer, ProducerRecord<String, Object> record) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        try {
            Future<RecordMetadata> _ = producer.send(record, (_, fault) -> {
                if (fault == null) {
                    taken.complete(null);
                } else {
                    taken.completeExceptionally(named(record.topic(), fault));
                }
            });
        } catch (InterruptException interrupted) {
            Thread.currentThread().interrupt();
            taken.completeExceptionally(named(record.topic(), interrupted));
        } catch (KafkaException fault) {
            // A serializer of ours refuses with a named fault, which Kafka passes on or wraps.
            taken.completeExceptionally(
                    fault.getCause() instanceof PlatformException ours ? ours : named(record.topic(), fault));
        } catch (PlatformException ours) {
            taken.completeExceptionally(ours);
        }
        return taken;
    }

    private static RetryableException named(String topic, @Nullable Throwable fault) {
        String what = fault == null ? "nothing" : fault.getClass().getSimpleName() + ": " + fault.getMessage();
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "Kafka did not take a record for '" + topic + "': " + what,
                "See whether the brokers are up and reachable from this host; what was not written is offered again.",
                fault);
    }
}

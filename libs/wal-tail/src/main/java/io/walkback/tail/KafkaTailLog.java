package io.walkback.tail;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The records of one tail in their topic. For one thread.
///
/// Failures: `BROKER_UNAVAILABLE`, retryable, where the brokers do not answer within 30 seconds;
/// `TOPIC_MISCONFIGURED` where they refuse.
final class KafkaTailLog implements TailLog {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaTailLog.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final TopicPartition partition;

    /// @param consumer closed with this, as `admin` is
    KafkaTailLog(Consumer<byte[], byte[]> consumer, Admin admin, String topic) {
        this.consumer = consumer;
        this.admin = admin;
        this.partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
    }

    @Override
    public Span span() {
        try {
            Map<TopicPartition, Long> first = consumer.beginningOffsets(Set.of(partition), PATIENCE);
            Map<TopicPartition, Long> end = consumer.endOffsets(Set.of(partition), PATIENCE);
            return new Span(first.getOrDefault(partition, 0L), end.getOrDefault(partition, 0L));
        } catch (KafkaException fault) {
            throw refused("its offsets", fault);
        }
    }

    @Override
    public void read(Span span, Reader reader) {
        if (span.isEmpty()) {
            return;
        }
        try {
            consumer.seek(partition, span.first());
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition, PATIENCE) < span.end()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    deadline = System.nanoTime() + PATIENCE.toNanos();
                    if (record.offset() >= span.end()) {
                        return;
                    }
                    TailRecord found = parse(record);
                    if (!(found == null ? reader.unreadable(record.offset()) : reader.take(found))) {
                        return;
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw unavailable("nothing came for " + PATIENCE.toSeconds() + " s", null);
                }
            }
        } catch (KafkaException fault) {
            throw refused("its records", fault);
        }
    }

    private @Nullable TailRecord parse(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        try {
            if (value != null) {
                return new TailRecord(record.offset(), writer(record), value);
            }
            LOG.atError().addKeyValue("offset", record.offset()).log("a record of a wal tail has no value");
        } catch (PlatformException unreadable) {
            LOG.atError()
                    .setCause(unreadable)
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("offset", record.offset())
                    .log("a record of a wal tail cannot be read");
        }
        return null;
    }

    private static UUID writer(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TailWriter.WRITER);
        if (header == null || header.value() == null || header.value().length != 16) {
            return new UUID(0, 0);
        }
        ByteBuffer bytes = ByteBuffer.wrap(header.value());
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Override
    public void trim(long offset) {
        try {
            var _ = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof KafkaException fault
                    ? refused("removing records", fault)
                    : unavailable("removing records: " + failed.getMessage(), failed);
        } catch (TimeoutException late) {
            throw unavailable("removing records took longer than " + PATIENCE.toSeconds() + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable("removing records was interrupted", interrupted);
        }
    }

    private PlatformException refused(String what, KafkaException fault) {
        return fault instanceof RetriableException || fault instanceof InterruptException
                ? unavailable(what + ": " + fault.getMessage(), fault)
                : new OperatorActionException(
                        FailureCode.TOPIC_MISCONFIGURED,
                        "the brokers refuse for topic '" + partition.topic() + "' " + what + ": " + fault.getMessage(),
                        "Let this account read the topic, describe it and delete its records.",
                        fault);
    }

    private RetryableException unavailable(String what, @Nullable Throwable cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "the brokers did not answer about topic '" + partition.topic() + "': " + what,
                "Check that the brokers run and can be reached.",
                cause);
    }

    @Override
    public void close() {
        try (admin) {
            consumer.close();
        } catch (KafkaException fault) {
            // Nothing is lost with it: whoever reads a tail commits nothing.
            LOG.atWarn().setCause(fault).addKeyValue("topic", partition.topic()).log("a reader did not close well");
        }
    }
}

package io.walkback.tail;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.WalPiece;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

/// The records of one tail, for reading and for removing those that are not needed any more. For one thread.
///
/// Failures: `BROKER_UNAVAILABLE`, retryable, where the brokers do not answer within 30 seconds;
/// `TOPIC_MISCONFIGURED` where they refuse.
public final class TailLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TailLog.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(500);

    /// Offsets of what is there: from the first, up to before `end`.
    public record Span(long first, long end) {
        public boolean isEmpty() {
            return first >= end;
        }
    }

    /// Takes records in the order in which they were written.
    public interface Reader {
        /// False to stop.
        boolean take(TailRecord record);
    }

    private final Consumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final TopicPartition partition;

    /// @param consumer closed with this, as `admin` is
    TailLog(Consumer<byte[], byte[]> consumer, Admin admin, String topic) {
        this.consumer = consumer;
        this.admin = admin;
        this.partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
    }

    public Span span() {
        try {
            Map<TopicPartition, Long> first = consumer.beginningOffsets(Set.of(partition), PATIENCE);
            Map<TopicPartition, Long> end = consumer.endOffsets(Set.of(partition), PATIENCE);
            return new Span(first.getOrDefault(partition, 0L), end.getOrDefault(partition, 0L));
        } catch (KafkaException fault) {
            throw refused("its offsets", fault);
        }
    }

    /// Reads the records of a span. One that cannot be read as a record of a tail is told in the log and left out:
    /// whoever may write the topic can put anything there.
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
                    if (found != null && !reader.take(found)) {
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

    /// The piece that reaches farthest, of each timeline of a cluster, of what is there now.
    public Map<TimelineId, WalPiece> farthest(SystemIdentifier system) {
        Map<TimelineId, WalPiece> farthest = new TreeMap<>();
        read(span(), record -> {
            if (record.system().equals(system)) {
                farthest.merge(
                        record.piece().segment().timeline(),
                        record.piece(),
                        (known, next) -> next.to().isAfter(known.to()) ? next : known);
            }
            return true;
        });
        return farthest;
    }

    private @Nullable TailRecord parse(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        try {
            if (value != null) {
                return new TailRecord(record.offset(), writer(record), SealedPieces.nameOf(value), value);
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

    /// Removes the records before `offset`, for good. Only for what the repository has, whole and read back.
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
        consumer.close();
        admin.close();
    }
}

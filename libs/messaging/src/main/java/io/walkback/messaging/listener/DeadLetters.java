package io.walkback.messaging.listener;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import io.walkback.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.ConsumerAwareRecordRecoverer;

/// Puts records that cannot be used into `<topic>-dlt`, and waits until the brokers have them. When they do not
/// take one, it throws, and the record is tried again.
final class DeadLetters implements ConsumerAwareRecordRecoverer {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final Duration ANSWER = Duration.ofSeconds(130);
    private static final int TEXT_LIMIT = 1_000;

    private final Producer<byte[], byte[]> producer;

    DeadLetters(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    @Override
    public void accept(ConsumerRecord<?, ?> record, @Nullable Consumer<?, ?> consumer, @Nullable Exception fault) {
        Exception failure = fault == null ? new IllegalStateException("failed without saying why") : fault;
        FailureCode code = FailureCode.INTERNAL;
        String message = String.valueOf(root(failure).getMessage());
        String hint = "See the log of the service; a fault of its own is behind this.";
        if (root(failure) instanceof PlatformException named) {
            code = named.code();
            message = named.text();
            hint = named.hint();
        }
        if (record.topic().endsWith(Topics.DEAD_LETTER_SUFFIX)) {
            // Nobody reads the dead letters of dead letters; this one stays where it is, and its reader goes on.
            report(record, code, failure, "a reader of dead letters could not use one");
            return;
        }
        String group = consumer == null ? "" : consumer.groupMetadata().groupId();
        publish(record, headers(record, code, message, hint, group));
        report(record, code, failure, "record put into dead letters");
    }

    private void publish(ConsumerRecord<?, ?> record, Headers headers) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                record.topic() + Topics.DEAD_LETTER_SUFFIX, null, bytes(record.key()), bytes(record.value()), headers);
        try {
            producer.send(letter).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw notKept(record, interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw notKept(record, failed);
        }
    }

    private static Headers headers(
            ConsumerRecord<?, ?> record, FailureCode code, String message, String hint, String group) {
        Headers headers = new RecordHeaders(record.headers().toArray());
        put(headers, DeadLetter.CODE, utf8(code.name()));
        put(headers, DeadLetter.MESSAGE, utf8(Text.printable(message, TEXT_LIMIT)));
        put(headers, DeadLetter.HINT, utf8(hint));
        put(headers, DeadLetter.GROUP, utf8(group));
        put(headers, DeadLetter.TOPIC, utf8(record.topic()));
        put(
                headers,
                DeadLetter.PARTITION,
                ByteBuffer.allocate(Integer.BYTES).putInt(record.partition()).array());
        put(
                headers,
                DeadLetter.OFFSET,
                ByteBuffer.allocate(Long.BYTES).putLong(record.offset()).array());
        return headers;
    }

    private static void put(Headers headers, String name, byte[] value) {
        headers.remove(name);
        headers.add(name, value);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] bytes(@Nullable Object raw) {
        return raw instanceof byte[] bytes ? bytes : null;
    }

    /// Our own exception where there is one in the chain, else the innermost.
    private static Throwable root(Throwable failure) {
        Throwable current = failure;
        while (!(current instanceof PlatformException) && current.getCause() != null) {
            current = current.getCause();
        }
        return current;
    }

    private static void report(ConsumerRecord<?, ?> record, FailureCode code, Exception failure, String what) {
        LOG.atError()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("failureCode", code)
                .setCause(failure)
                .log(what);
    }

    private static RetryableException notKept(ConsumerRecord<?, ?> record, Exception cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "a record of topic '" + record.topic() + "' could not be put into its dead letters",
                "Check the brokers, and that the dead-letter topic exists. The record is tried again.",
                cause);
    }
}

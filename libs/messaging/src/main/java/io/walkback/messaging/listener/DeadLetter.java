package io.walkback.messaging.listener;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Why a record is in `<topic>-dlt`, and where it comes from; its key and value are those of the dead letter
/// itself. Whatever a header lacks reads as empty or -1, because a reader of dead letters must survive what others
/// put there.
///
/// @param code name of the failure code
public record DeadLetter(
        String code, String message, String hint, String group, String topic, int partition, long offset) {
    static final String CODE = "walkback-failure-code";
    static final String MESSAGE = "walkback-failure-message";
    static final String HINT = "walkback-failure-hint";
    static final String GROUP = "walkback-consumer-group";
    static final String TOPIC = "walkback-original-topic";
    static final String PARTITION = "walkback-original-partition";
    static final String OFFSET = "walkback-original-offset";

    /// Reads a record of a dead-letter topic. Never throws.
    public static DeadLetter of(ConsumerRecord<?, ?> record) {
        Headers headers = record.headers();
        return new DeadLetter(
                text(headers, CODE),
                text(headers, MESSAGE),
                text(headers, HINT),
                text(headers, GROUP),
                text(headers, TOPIC),
                (int) number(headers, PARTITION, Integer.BYTES),
                number(headers, OFFSET, Long.BYTES));
    }

    private static String text(Headers headers, String name) {
        byte[] value = value(headers, name);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    private static long number(Headers headers, String name, int size) {
        byte[] value = value(headers, name);
        if (value == null || value.length != size) {
            return -1;
        }
        return size == Integer.BYTES
                ? ByteBuffer.wrap(value).getInt()
                : ByteBuffer.wrap(value).getLong();
    }

    private static byte @Nullable [] value(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : header.value();
    }
}

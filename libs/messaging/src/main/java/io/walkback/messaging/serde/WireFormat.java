package io.walkback.messaging.serde;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// The five bytes before each Avro body, and the header that names the schema without a registry.
final class WireFormat {
    static final int PREFIX = 5;
    static final String SCHEMA_HEADER = "walkback-schema";
    private static final byte MAGIC = 0;

    private WireFormat() {}

    static byte[] prefix(int schemaId) {
        return ByteBuffer.allocate(PREFIX).put(MAGIC).putInt(schemaId).array();
    }

    /// The schema id of a record. Throws [CorruptDataException] when these are not bytes of this format.
    static int schemaId(String topic, byte[] bytes) {
        if (bytes.length < PREFIX) {
            throw unreadable("a record of topic '" + topic + "' has only " + bytes.length + " bytes", null);
        }
        if (bytes[0] != MAGIC) {
            throw unreadable(
                    "a record of topic '" + topic + "' begins with byte " + Byte.toUnsignedInt(bytes[0])
                            + " instead of 0",
                    null);
        }
        return ByteBuffer.wrap(bytes).getInt(1);
    }

    static byte[] fingerprint(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    /// The fingerprint in the headers, empty where a foreign producer wrote none.
    static OptionalLong fingerprint(@Nullable Headers headers) {
        Header header = headers == null ? null : headers.lastHeader(SCHEMA_HEADER);
        return header == null || header.value() == null || header.value().length != Long.BYTES
                ? OptionalLong.empty()
                : OptionalLong.of(ByteBuffer.wrap(header.value()).getLong());
    }

    static CorruptDataException unreadable(String message, @Nullable Throwable cause) {
        return new CorruptDataException(
                FailureCode.RECORD_UNREADABLE, message, "Find out who writes to this topic, and with what.", cause);
    }
}

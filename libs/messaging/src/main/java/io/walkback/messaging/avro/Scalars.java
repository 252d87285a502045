package io.walkback.messaging.avro;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.SecretReference;
import io.walkback.domain.event.SegmentFigures;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.Resource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// Values that are one field on the wire: ids and positions as text, times as microseconds, durations as
/// milliseconds, figures of WAL segments as bytes.
final class Scalars {
    private static final Map<Class<?>, Function<String, Object>> TEXT = Map.ofEntries(
            Map.entry(String.class, text -> text),
            Map.entry(UUID.class, UUID::fromString),
            Map.entry(DatabaseId.class, DatabaseId::new),
            Map.entry(BackupId.class, BackupId::new),
            Map.entry(OperationId.class, OperationId::new),
            Map.entry(Lsn.class, Lsn::parse),
            Map.entry(SystemIdentifier.class, SystemIdentifier::parse),
            Map.entry(Resource.class, Resource::new),
            Map.entry(ZoneId.class, ZoneId::of),
            Map.entry(SecretReference.class, SecretReference::parse),
            Map.entry(FailureCode.class, Scalars::failureCode));
    private static final Map<String, FailureCode> CODES = codes();

    private Scalars() {}

    /// How `type` travels as `schema`, null when it does not.
    static @Nullable Conversion of(Class<?> type, Schema schema) {
        return switch (schema.getType()) {
            case STRING -> text(type);
            case LONG -> number(type, schema);
            case INT -> same(type, int.class, Integer.class);
            case DOUBLE -> same(type, double.class, Double.class);
            case BYTES -> figures(type);
            case BOOLEAN -> same(type, boolean.class, Boolean.class);
            default -> null;
        };
    }

    private static @Nullable Conversion text(Class<?> type) {
        Function<String, Object> parse = TEXT.get(type);
        return parse == null
                ? null
                : new Mapped<>(CharSequence.class, Object::toString, t -> parse.apply(t.toString()));
    }

    private static @Nullable Conversion number(Class<?> type, Schema schema) {
        if (schema.getLogicalType() != null) {
            return type != Instant.class
                    ? null
                    : new Mapped<>(Instant.class, at -> ((Instant) at).truncatedTo(ChronoUnit.MICROS), at -> at);
        }
        if (type == TimelineId.class) {
            return new Mapped<>(
                    Long.class,
                    timeline -> Integer.toUnsignedLong(((TimelineId) timeline).value()),
                    number -> new TimelineId(Integer.parseUnsignedInt(Long.toString(number))));
        }
        if (type == Duration.class) {
            return new Mapped<>(Long.class, time -> ((Duration) time).toMillis(), Duration::ofMillis);
        }
        return same(type, long.class, Long.class);
    }

    private static @Nullable Conversion figures(Class<?> type) {
        return type != SegmentFigures.class
                ? null
                : new Mapped<>(
                        ByteBuffer.class, figures -> ByteBuffer.wrap(((SegmentFigures) figures).toBytes()), buffer -> {
                            byte[] bytes = new byte[buffer.remaining()];
                            buffer.duplicate().get(bytes);
                            return SegmentFigures.of(bytes);
                        });
    }

    private static @Nullable Conversion same(Class<?> type, Class<?> primitive, Class<?> boxed) {
        return type == primitive || type == boxed ? new Mapped<>(boxed, value -> value, value -> value) : null;
    }

    /// A code that this version does not know is shown with its message and hint all the same.
    private static FailureCode failureCode(String name) {
        return CODES.getOrDefault(name, FailureCode.UNKNOWN);
    }

    private static Map<String, FailureCode> codes() {
        Map<String, FailureCode> codes = new HashMap<>();
        Arrays.stream(FailureCode.values()).forEach(code -> codes.put(code.name(), code));
        return codes;
    }

    private record Mapped<A>(Class<A> avroType, Function<Object, Object> to, Function<A, Object> from)
            implements Conversion {
        @Override
        public @Nullable Object toAvro(@Nullable Object value) {
            return value == null ? null : to.apply(value);
        }

        @Override
        public @Nullable Object fromAvro(@Nullable Object value) {
            return value == null ? null : from.apply(avroType.cast(value));
        }
    }
}

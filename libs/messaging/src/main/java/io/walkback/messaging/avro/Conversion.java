package io.walkback.messaging.avro;

import org.jspecify.annotations.Nullable;

/// One value between the domain and Avro. Thread-safe.
interface Conversion {
    /// The value as a generated class takes it.
    @Nullable
    Object toAvro(@Nullable Object value);

    /// The value as the domain has it. Throws [IllegalArgumentException] when the domain has no such value.
    @Nullable
    Object fromAvro(@Nullable Object value);
}

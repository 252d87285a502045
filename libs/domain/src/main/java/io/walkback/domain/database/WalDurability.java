package io.walkback.domain.database;

import java.util.Locale;

/// When streamed WAL counts as durable, so that PostgreSQL is told that it is flushed.
public enum WalDurability {
    /// A newer version's. Nothing is told to be durable before the repository has it.
    UNKNOWN,
    /// When the repository has it: whole segments, and every few seconds a piece of the unfinished one.
    OBJECT_STORE,
    /// When the in-sync brokers have it, in a topic of the database's own; the repository gets it all the same.
    KAFKA_TAIL;

    /// As a policy says it: `object-store`, `kafka-tail`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The same back. Throws [IllegalArgumentException] with a sentence for the writer.
    public static WalDurability parse(String text) {
        return switch (text) {
            case "object-store" -> OBJECT_STORE;
            case "kafka-tail" -> KAFKA_TAIL;
            default ->
                throw new IllegalArgumentException("walDurability is object-store or kafka-tail, not '" + text + "'");
        };
    }
}

package io.walkback.standalone.demo;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;

/// What the topic of archived segments says about one database.
record WalFacts(TopicReader topics, String database) {
    List<GenericRecord> segments() {
        return topics.all("wal-segment-archived").stream()
                .filter(read -> read.key().equals(database))
                .map(read -> Objects.requireNonNull(read.value()))
                .toList();
    }

    /// The newest commit that is in the repository; empty before the first.
    Optional<Instant> lastDurable() {
        return segments().stream()
                .map(segment -> segment.get("lastCommitAt"))
                .filter(Objects::nonNull)
                .map(micros -> Instant.EPOCH.plusNanos(Math.multiplyExact((Long) micros, 1000L)))
                .max(Instant::compareTo);
    }
}

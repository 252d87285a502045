package io.walkback.schemas;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One topic: what is in it, who writes it, and how the broker keeps it.
///
/// @param name the topic's name
/// @param group which table of the documentation it is in
/// @param key what the record key is
/// @param partitions fixed at creation, because another count would send keys elsewhere
/// @param cleanup how old records go
/// @param retention how long a record is kept at least; of a compacted topic, how long a tombstone is. [#FOREVER]
///     for no limit
/// @param compactionLag how long a record of a compacted topic is safe from compaction
/// @param writers who may write
/// @param schema simple name of the Avro record, null where records are not Avro
/// @param description one sentence
public record TopicSpec(
        String name,
        Group group,
        String key,
        int partitions,
        Cleanup cleanup,
        Duration retention,
        Duration compactionLag,
        List<String> writers,
        @Nullable String schema,
        String description) {
    /// No limit in time.
    public static final Duration FOREVER = Duration.ofMillis(-1);

    /// Largest record batch that any topic of ours accepts, Kafka's own default plus nothing: 1 MiB. Producers
    /// refuse a larger record before it is sent (F16).
    public static final int MAX_MESSAGE_BYTES = 1 << 20;

    /// What a topic is for.
    public enum Group {
        REQUEST,
        FACT,
        STATE,
        LOG,
        DEAD_LETTER
    }

    public TopicSpec {
        writers = List.copyOf(writers);
        if (partitions < 1) {
            throw new IllegalArgumentException("topic '" + name + "' has " + partitions + " partitions");
        }
        if (cleanup == Cleanup.DELETE && !compactionLag.isZero()) {
            throw new IllegalArgumentException("topic '" + name + "' is not compacted and has a compaction lag");
        }
    }

    /// Whether `retention` is unlimited.
    public boolean keptForever() {
        return retention.isNegative();
    }

    /// Topic settings as Kafka names them. What is kept by time counts from the broker's clock, since a worker
    /// whose clock is a month behind would otherwise write records that are gone at once.
    public Map<String, String> configuration() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("cleanup.policy", cleanup.policy());
        settings.put("max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        settings.put("unclean.leader.election.enable", "false");
        settings.put("message.timestamp.type", cleanup == Cleanup.DELETE ? "LogAppendTime" : "CreateTime");
        if (cleanup == Cleanup.DELETE) {
            settings.put("retention.ms", Long.toString(retention.toMillis()));
            settings.put("retention.bytes", "-1");
            if (!keptForever() && retention.compareTo(Duration.ofDays(1)) < 0) {
                // Only closed segments are dropped; the default of a week would keep an hour's records for a week.
                settings.put("segment.ms", Long.toString(retention.dividedBy(4).toMillis()));
            }
        } else {
            settings.put("delete.retention.ms", Long.toString(retention.toMillis()));
            settings.put("min.compaction.lag.ms", Long.toString(compactionLag.toMillis()));
        }
        return settings;
    }

    /// Where a listener puts records of this topic that it cannot use: one partition, raw bytes, the failure in
    /// headers.
    public TopicSpec deadLetters() {
        return new TopicSpec(
                name + Topics.DEAD_LETTER_SUFFIX,
                Group.DEAD_LETTER,
                "as it was",
                1,
                Cleanup.DELETE,
                Duration.ofDays(30),
                Duration.ZERO,
                List.of("the consumer that gave up"),
                null,
                "Records of " + name + " that could not be used, as raw bytes, with the reason in headers.");
    }
}

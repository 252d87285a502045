package io.walkback.scheduler.projection;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.Event;
import io.walkback.domain.window.KeptBackup;
import io.walkback.domain.window.WindowFold;
import io.walkback.domain.window.WindowFold.Now;
import io.walkback.messaging.topic.Routes;
import io.walkback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One membership in the group that folds facts about WAL into `wal-index` and `recoverability`. For one thread.
public final class WindowSession implements Session {
    private static final Logger LOG = LoggerFactory.getLogger(WindowSession.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /// How often the windows are looked at: backups come and go without a fact about WAL.
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Consumer<String, Object> consumer;
    private final Producer<String, Object> producer;
    private final WindowRestorer restorer;
    private final Function<DatabaseId, Collection<KeptBackup>> backups;
    private final Clock clock;
    private final Map<Integer, WindowFold> folds = new HashMap<>();
    private long lookedNanos = System.nanoTime();

    WindowSession(
            Consumer<String, Object> consumer,
            Producer<String, Object> producer,
            WindowRestorer restorer,
            Function<DatabaseId, Collection<KeptBackup>> backups,
            Clock clock) {
        this.consumer = consumer;
        this.producer = producer;
        this.restorer = restorer;
        this.backups = backups;
        this.clock = clock;
        producer.initTransactions();
        consumer.subscribe(
                List.of(Topics.WAL_SEGMENT_ARCHIVED.name(), Topics.WAL_GAP_DETECTED.name(), Topics.WAL_EXPIRED.name()),
                new Assignment());
    }

    @Override
    public void step() {
        Map<TopicPartition, OffsetAndMetadata> positions = take();
        List<ProducerRecord<String, Object>> records = new ArrayList<>();
        folds.forEach((number, fold) -> chunks(number, fold, records));
        if (System.nanoTime() - lookedNanos >= LOOK.toNanos()) {
            lookedNanos = System.nanoTime();
            folds.forEach((number, fold) -> windows(number, fold, records));
        }
        if (records.isEmpty() && positions.isEmpty()) {
            return;
        }
        producer.beginTransaction();
        records.forEach(record -> {
            // A send that fails makes the commit fail.
            Future<RecordMetadata> _ = producer.send(record);
        });
        // Where nothing was read the position goes along unmoved: it fences a member that has lost the partition.
        records.forEach(record -> positions.computeIfAbsent(
                new TopicPartition(Topics.WAL_SEGMENT_ARCHIVED.name(), record.partition()),
                facts -> new OffsetAndMetadata(consumer.position(facts))));
        producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
        producer.commitTransaction();
    }

    /// Folds what one poll brings; where it ended.
    private Map<TopicPartition, OffsetAndMetadata> take() {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        ConsumerRecords<String, Object> facts;
        try {
            facts = consumer.poll(POLL);
        } catch (RecordDeserializationException unread) {
            if (unread.getCause() instanceof RetryableException) {
                throw unread;
            }
            LOG.atError()
                    .setCause(unread)
                    .addKeyValue("topic", unread.topicPartition().topic())
                    .addKeyValue("partition", unread.topicPartition().partition())
                    .addKeyValue("offset", unread.offset())
                    .log("a fact about wal cannot be read and is passed over, a catalog rebuild finds what it told");
            consumer.seek(unread.topicPartition(), unread.offset() + 1);
            return positions;
        }
        for (ConsumerRecord<String, Object> fact : facts) {
            WindowFold fold = folds.get(fact.partition());
            boolean taken = fold != null && fact.value() instanceof Event event && fold.apply(event);
            if (!taken) {
                LOG.atError()
                        .addKeyValue("topic", fact.topic())
                        .addKeyValue("partition", fact.partition())
                        .addKeyValue("offset", fact.offset())
                        .log("a fact about wal contradicts itself and is passed over");
            }
            positions.put(new TopicPartition(fact.topic(), fact.partition()), new OffsetAndMetadata(fact.offset() + 1));
        }
        return positions;
    }

    private static void chunks(int number, WindowFold fold, List<ProducerRecord<String, Object>> records) {
        fold.drain()
                .forEach((key, chunk) ->
                        records.add(new ProducerRecord<>(Topics.WAL_INDEX.name(), number, key, chunk.orElse(null))));
    }

    private void windows(int number, WindowFold fold, List<ProducerRecord<String, Object>> records) {
        Instant now = clock.instant();
        for (DatabaseId database : fold.databases()) {
            Optional<Now> changed = fold.look(database, backups.apply(database), now);
            changed.ifPresent(look -> {
                records.add(Routes.record(look.window(), number));
                look.closed().forEach(closed -> {
                    records.add(Routes.record(closed, number));
                    LOG.atInfo()
                            .addKeyValue("databaseId", database)
                            .addKeyValue("gapId", closed.gapId())
                            .addKeyValue("action", closed.action())
                            .log("hole in the wal closed");
                });
            });
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        consumer.close(CloseOptions.timeout(CLOSE));
        restorer.close();
    }

    private final class Assignment implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            folds.clear();
            folds.putAll(restorer.restore(consumer, assigned));
            LOG.atInfo().addKeyValue("partitions", folds.keySet()).log("keeping the wal index");
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            folds.clear();
        }
    }
}

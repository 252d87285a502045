package io.walkback.scheduler.command;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// What a [CommandWriter] committed, on a clock that a test moves.
public final class Sent {
    public final MovedClock clock;
    public final CommandWriter commands;
    private final List<MockProducer<String, Object>> producers = new ArrayList<>();
    private @Nullable KafkaException next;

    public Sent(Instant now) {
        clock = new MovedClock(now);
        commands = new CommandWriter(this::producer, clock);
    }

    private Producer<String, Object> producer() {
        MockProducer<String, Object> made =
                new MockProducer<>(true, null, new StringSerializer(), (_, _) -> new byte[0]);
        made.commitTransactionException = next;
        next = null;
        producers.add(made);
        return made;
    }

    /// The commit after the next start of a producer fails.
    public void failNextCommit(KafkaException fault) {
        next = fault;
    }

    public Stream<ProducerRecord<String, Object>> committed() {
        return producers.stream().flatMap(producer -> producer.history().stream());
    }

    public <T> Stream<T> messages(Class<T> type) {
        return committed().map(ProducerRecord::value).filter(type::isInstance).map(type::cast);
    }

    public static final class MovedClock extends Clock {
        private volatile Instant now;

        MovedClock(Instant now) {
            this.now = now;
        }

        public void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody asks for another zone");
        }
    }
}

package io.walkback.backup.event;

import io.walkback.domain.event.Event;
import io.walkback.messaging.topic.Routes;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends facts in order, one after the other, each again until the brokers have it. While Kafka is away it keeps
/// [#CAPACITY] of them (some 10 MiB) and drops newer ones, counted and logged: the repository knows them all.
public final class EventOutbox implements Announcements, AutoCloseable {
    /// 160 GiB of WAL in segments of 16 MiB.
    public static final int CAPACITY = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(EventOutbox.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSING_GRACE = Duration.ofSeconds(3);

    private final Producer<String, Object> producer;
    private final BlockingQueue<Event> waiting;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private volatile boolean closing;

    /// @param producer the caller's, closed after this
    public EventOutbox(Producer<String, Object> producer) {
        this(producer, CAPACITY);
    }

    EventOutbox(Producer<String, Object> producer, int capacity) {
        this.producer = producer;
        this.waiting = new ArrayBlockingQueue<>(capacity);
        this.thread = Thread.ofVirtual().name("event-outbox").start(this::run);
    }

    @Override
    public void tell(Event event) {
        if (!waiting.offer(event)) {
            LOG.atWarn()
                    .addKeyValue("event", event.getClass().getSimpleName())
                    .addKeyValue("databaseId", event.database())
                    .addKeyValue("dropped", dropped.incrementAndGet())
                    .log("event dropped, too many wait for the brokers");
        }
    }

    /// How many wait for the brokers, the one on its way not counted.
    public int waiting() {
        return waiting.size();
    }

    /// How many were dropped since the start.
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        try {
            while (!closing || !waiting.isEmpty()) {
                Event event = waiting.take();
                while (!send(event)) {
                    if (closing) {
                        return;
                    }
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException _) {
            LOG.atDebug().addKeyValue("left", waiting.size()).log("event outbox closed");
        }
    }

    private boolean send(Event event) throws InterruptedException {
        try {
            producer.send(Routes.record(event)).get();
            return true;
        } catch (ExecutionException | KafkaException fault) {
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("event", event.getClass().getSimpleName())
                    .addKeyValue("databaseId", event.database())
                    .log("event not taken by the brokers, kept and offered again");
            return false;
        }
    }

    /// Gives what waits a few seconds to go out.
    @Override
    public void close() {
        closing = true;
        if (waiting.isEmpty()) {
            thread.interrupt();
        }
        try {
            if (!thread.join(CLOSING_GRACE)) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}

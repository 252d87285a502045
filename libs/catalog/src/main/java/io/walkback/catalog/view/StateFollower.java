package io.walkback.catalog.view;

import io.walkback.domain.RetryableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps views up to date with their compacted topics, on one thread, for as long as the process lives.
///
/// A record that cannot be read ends the thread and is handed to `onFatal`: a view with a hole would answer
/// wrongly for ever. A broker that is away is waited for; [#isCurrent] says so meanwhile.
public final class StateFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /// How often the broker is asked where the topics end, when nobody waits for it.
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Supplier<? extends org.apache.kafka.clients.consumer.Consumer<String, Object>> consumers;
    private final Map<String, StateView<?>> views;
    private final Consumer<Throwable> onFatal;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final AtomicLong wanted = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final Thread thread;
    private volatile long reached;
    private volatile boolean answering;
    private volatile boolean closing;
    private @Nullable Map<TopicPartition, Long> ends;
    private long endsFor;
    private long lookedNanos = System.nanoTime() - LOOK.toNanos();

    /// @param consumers makes a consumer of text keys and domain values that reads committed records only and
    ///                  belongs to no group
    /// @param views     by topic
    public StateFollower(
            Supplier<? extends org.apache.kafka.clients.consumer.Consumer<String, Object>> consumers,
            Map<String, StateView<?>> views,
            Consumer<Throwable> onFatal) {
        this.consumers = consumers;
        this.views = Map.copyOf(views);
        this.onFatal = onFatal;
        this.thread = Thread.ofPlatform().name("state-follower").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /// Waits until every topic has been read to the end that it had after the start. False when `timeout` passed
    /// first.
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return caughtUp.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    public boolean hasCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    /// Whether the views are complete and the broker answered the last question.
    public boolean isCurrent() {
        return hasCaughtUp() && answering;
    }

    /// Asks the broker where the topics end now, and waits until everything up to there is in the views. False when
    /// `timeout` passed first. For answers that must not miss what was written before the question.
    public boolean catchUp(Duration timeout) throws InterruptedException {
        long ticket = wanted.incrementAndGet();
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (reached < ticket) {
                if (left <= 0) {
                    return false;
                }
                left = advanced.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try (org.apache.kafka.clients.consumer.Consumer<String, Object> consumer = consumers.get()) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!closing) {
                step(consumer, partitions);
            }
        } catch (Throwable fault) {
            if (closing) {
                LOG.atDebug().setCause(fault).log("state follower ended while closing");
            } else {
                LOG.atError().setCause(fault).log("state topics can no longer be followed");
                onFatal.accept(fault);
            }
        }
    }

    private void step(
            org.apache.kafka.clients.consumer.Consumer<String, Object> consumer, List<TopicPartition> partitions) {
        try {
            consumer.poll(POLL).forEach(this::apply);
            look(consumer, partitions);
            advance(consumer);
        } catch (RetriableException away) {
            unheard(away);
        } catch (RecordDeserializationException unread) {
            // The registry is away and is needed for this record (F12). The position stays before it.
            if (!(unread.getCause() instanceof RetryableException)) {
                throw unread;
            }
            unheard(unread);
            LockSupport.parkNanos(ANSWER.toNanos());
        }
    }

    private void unheard(Exception away) {
        answering = false;
        LOG.atWarn().setCause(away).log("state topics cannot be read for now, views may be old");
    }

    private List<TopicPartition> partitions(org.apache.kafka.clients.consumer.Consumer<String, Object> consumer) {
        while (true) {
            try {
                return views.keySet().stream()
                        .flatMap(topic -> consumer.partitionsFor(topic, ANSWER).stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
            } catch (RetriableException away) {
                if (closing) {
                    throw away;
                }
                LOG.atWarn().setCause(away).log("broker does not name the partitions of state topics, asked again");
            }
        }
    }

    private void apply(ConsumerRecord<String, Object> record) {
        StateView<?> view = views.get(record.topic());
        if (view == null) {
            throw new IllegalStateException("nobody follows topic " + record.topic());
        }
        if (record.value() == null) {
            view.remove(record.key());
        } else {
            view.put(record.key(), record.value(), Instant.ofEpochMilli(record.timestamp()));
        }
    }

    private void look(
            org.apache.kafka.clients.consumer.Consumer<String, Object> consumer, List<TopicPartition> partitions) {
        boolean asked = ends == null && (!hasCaughtUp() || wanted.get() > reached);
        if (!asked && System.nanoTime() - lookedNanos < LOOK.toNanos()) {
            return;
        }
        lookedNanos = System.nanoTime();
        long ticket = wanted.get();
        ends = Map.copyOf(consumer.endOffsets(partitions, ANSWER));
        endsFor = ticket;
        answering = true;
    }

    private void advance(org.apache.kafka.clients.consumer.Consumer<String, Object> consumer) {
        if (ends == null
                || ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), ANSWER) < end.getValue())) {
            return;
        }
        ends = null;
        caughtUp.countDown();
        lock.lock();
        try {
            reached = Math.max(reached, endsFor);
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

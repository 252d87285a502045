package io.walkback.catalog.view;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// The newest record per key of one compacted topic. Thread-safe; written by the follower's thread.
///
/// Records join by version where they carry one: a lower one never undoes a higher one (F18).
public final class StateView<V> {
    private final Class<V> type;
    private final ToLongFunction<V> version;
    private final ConcurrentSkipListMap<String, Kept<V>> kept = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private record Kept<V>(V value, Instant writtenAt) {}

    private StateView(Class<V> type, ToLongFunction<V> version) {
        this.type = type;
        this.version = version;
    }

    /// A view in which the record that comes last wins.
    public static <V> StateView<V> of(Class<V> type) {
        return new StateView<>(type, _ -> 0);
    }

    /// A view in which the higher version wins, and of equal ones the last.
    public static <V> StateView<V> versioned(Class<V> type, ToLongFunction<V> version) {
        return new StateView<>(type, version);
    }

    public Optional<V> find(String key) {
        return Optional.ofNullable(kept.get(key)).map(Kept::value);
    }

    /// The writer's time of the newest record under `key`.
    public Optional<Instant> writtenAt(String key) {
        return Optional.ofNullable(kept.get(key)).map(Kept::writtenAt);
    }

    /// Everything, in the order of the keys; what changes meanwhile may be in it or not.
    public Stream<V> all() {
        return kept.values().stream().map(Kept::value);
    }

    /// What stands under keys that begin with `prefix`, in their order; as [#all] otherwise.
    public Stream<V> below(String prefix) {
        return kept.subMap(prefix, prefix + Character.MAX_VALUE).values().stream()
                .map(Kept::value);
    }

    public List<String> keys() {
        return List.copyOf(kept.keySet());
    }

    /// Waits until the value under `key` is as wanted. Empty when `timeout` passed first.
    public Optional<V> await(String key, Predicate<V> wanted, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (true) {
                Optional<V> found = find(key).filter(wanted);
                if (found.isPresent() || left <= 0) {
                    return found;
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until nothing is kept under `key`. False when `timeout` passed first.
    public boolean awaitGone(String key, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (kept.containsKey(key)) {
                if (!changed.await(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    return !kept.containsKey(key);
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void put(String key, Object record, Instant writtenAt) {
        V value = type.cast(record);
        kept.merge(
                key,
                new Kept<>(value, writtenAt),
                (known, arrived) ->
                        version.applyAsLong(arrived.value()) < version.applyAsLong(known.value()) ? known : arrived);
        signal();
    }

    void remove(String key) {
        kept.remove(key);
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

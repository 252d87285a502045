package io.walkback.alerting.state;

import io.walkback.alerting.rule.Signal;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Every alert, for as long as this process is the one that tells. Thread-safe.
///
/// One change at a time: it is written to the journal, then it can be read here, then those who follow are called.
public final class AlertBook {
    private final AlertJournal journal;
    private final Clock clock;
    private final Map<String, AlertEntry> entries = new ConcurrentHashMap<>();
    private final List<Consumer<String>> followers = new CopyOnWriteArrayList<>();
    private final ReentrantLock change = new ReentrantLock();

    /// @param states what the topic holds, in the order in which it stands there
    /// @param deliveries likewise; those of alerts that are not among `states` are left out
    public AlertBook(
            AlertJournal journal, Clock clock, Collection<AlertState> states, Collection<AlertDelivery> deliveries) {
        this.journal = journal;
        this.clock = clock;
        for (AlertState state : states) {
            entries.merge(
                    state.alertKey(),
                    AlertEntry.of(state, List.of()),
                    (known, _) -> known.with(AlertFold.join(known.state(), state)));
        }
        for (AlertDelivery delivery : deliveries) {
            entries.computeIfPresent(delivery.alertKey(), (_, known) -> known.with(delivery));
        }
    }

    /// Calls `follower` with the key of each alert that changes from now on, on the thread that changes it.
    public void follow(Consumer<String> follower) {
        followers.add(follower);
    }

    /// Folds `signal` in. When this returns the result is durable; true when something changed.
    ///
    /// Throws what [AlertJournal#write] throws, and then nothing has changed here.
    public boolean apply(Signal signal) {
        String key = signal.subject().key();
        change.lock();
        try {
            AlertEntry known = entries.get(key);
            AlertState before = known == null ? null : known.state();
            AlertState after = AlertFold.apply(before, signal, clock.instant());
            if (after == null || after.equals(before)) {
                return false;
            }
            journal.write(after);
            entries.put(key, known == null ? AlertEntry.of(after, List.of()) : known.with(after));
        } finally {
            change.unlock();
        }
        followers.forEach(follower -> follower.accept(key));
        return true;
    }

    /// Keeps what a sink was told. Throws as [#apply] does.
    public void record(AlertDelivery delivery) {
        change.lock();
        try {
            journal.write(delivery);
            entries.computeIfPresent(delivery.alertKey(), (_, known) -> known.with(delivery));
        } finally {
            change.unlock();
        }
    }

    public @Nullable AlertEntry entry(String key) {
        return entries.get(key);
    }

    public Collection<String> keys() {
        return List.copyOf(entries.keySet());
    }

    public Collection<AlertEntry> entries() {
        return List.copyOf(entries.values());
    }
}

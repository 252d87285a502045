package io.walkback.scheduler.trigger;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Work on each of many databases, again and again, a few at once and on threads of its own, so that one that takes
/// long, or that is away, holds nobody else up. [#begin] is for one thread.
public final class Rounds implements AutoCloseable {
    private final Clock clock;
    private final Semaphore free;
    private final ExecutorService threads;
    private final Map<DatabaseId, Instant> due = new ConcurrentHashMap<>();
    private final Set<DatabaseId> busy = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /// @param name    of the threads
    /// @param atOnce  how many are worked on at most
    /// @param onFatal told of what a piece of work did not catch
    public Rounds(String name, int atOnce, Clock clock, Consumer<Throwable> onFatal) {
        this.clock = clock;
        this.free = new Semaphore(atOnce);
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
                .name(name + "-", 0)
                .uncaughtExceptionHandler((_, fault) -> {
                    if (!closing) {
                        onFatal.accept(fault);
                    }
                })
                .factory());
    }

    /// Begins with those whose time has come, longest overdue first, as many as there is room for, and waits for
    /// none of them.
    ///
    /// @param all  those that are left out are forgotten
    /// @param work says when its database is due again
    public void begin(Collection<DatabaseRegistration> all, Function<DatabaseRegistration, Instant> work) {
        due.keySet().retainAll(all.stream().map(DatabaseRegistration::id).collect(Collectors.toSet()));
        Instant now = clock.instant();
        all.stream()
                .filter(database -> !isDueAt(database).isAfter(now))
                .sorted(Comparator.comparing(this::isDueAt))
                .forEach(database -> begin(database, work));
    }

    private Instant isDueAt(DatabaseRegistration database) {
        return due.getOrDefault(database.id(), Instant.MIN);
    }

    private void begin(DatabaseRegistration database, Function<DatabaseRegistration, Instant> work) {
        DatabaseId id = database.id();
        if (!busy.add(id)) {
            return;
        }
        if (!free.tryAcquire()) {
            busy.remove(id);
            return;
        }
        threads.execute(() -> {
            try {
                due.put(id, work.apply(database));
            } finally {
                free.release();
                busy.remove(id);
            }
        });
    }

    /// Whether nothing is being worked on.
    public boolean isQuiet() {
        return busy.isEmpty();
    }

    /// Interrupts what is being worked on.
    @Override
    public void close() {
        closing = true;
        threads.shutdownNow();
    }
}

package io.walkback.operations;

import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The operations that are not over yet, as the fold last saw them. Thread-safe; written by the folding thread
/// only.
public final class LiveOperations {
    private final Map<OperationId, Operation> live = new ConcurrentHashMap<>();
    private final CountDownLatch caughtUp = new CountDownLatch(1);

    /// A live view without order.
    public Collection<Operation> all() {
        return Collections.unmodifiableCollection(live.values());
    }

    public Optional<Operation> find(OperationId id) {
        return Optional.ofNullable(live.get(id));
    }

    /// Whether `epoch` still holds the operation.
    public boolean isHeld(OperationId id, Epoch epoch) {
        return find(id).flatMap(Operation::holder)
                .map(held -> held.epoch().equals(epoch))
                .orElse(false);
    }

    /// Waits until the log has been read to its end once. False when `timeout` passed first.
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return caughtUp.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    public boolean hasCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    void put(Operation operation) {
        if (operation.state().isTerminal()) {
            live.remove(operation.id());
        } else {
            live.put(operation.id(), operation);
        }
    }

    void reachedTheEnd() {
        caughtUp.countDown();
    }
}

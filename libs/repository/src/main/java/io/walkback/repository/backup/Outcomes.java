package io.walkback.repository.backup;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// Waits that end with a value, with the failure of whoever was waited for, or with an interrupt that ends the
/// work.
final class Outcomes {
    private Outcomes() {}

    static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            throw interrupted();
        } catch (ExecutionException failed) {
            throw unchecked(failed.getCause() == null ? failed : failed.getCause());
        }
    }

    static OperatorActionException interrupted() {
        Thread.currentThread().interrupt();
        return new OperatorActionException(
                FailureCode.CANCELLED, "the work on a backup was interrupted", "Start it again when it is wanted.");
    }

    static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException known
                ? known
                : new IllegalStateException("a stage of the backup failed", failure);
    }
}

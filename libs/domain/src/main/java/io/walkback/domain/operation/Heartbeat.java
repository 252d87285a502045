package io.walkback.domain.operation;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The holder of `epoch` is alive, and this is how far it came.
///
/// @param phase a word for people: `copying`, `fetching`, `recovering`, `streaming`
/// @param bytesTotal null when not known
/// @param bytesKept of `bytesDone`, what was there before; null unless a delta restore compares
/// @param bytesPerSecond since the phase began; null in its first second
/// @param lsn null when the work has no position
/// @param exposedMillis how old the oldest WAL is that would be lost if the database's server were gone now, at
///     `at`; null unless WAL is received, and before it is known
/// @param storeExposedMillis how old the oldest WAL is that is not in the repository, though the brokers of a tail
///     may have it; null with `exposedMillis`, and from a worker that does not tell
public record Heartbeat(
        DatabaseId database,
        OperationId operation,
        Epoch epoch,
        WorkerId worker,
        String phase,
        long bytesDone,
        @Nullable Long bytesTotal,
        @Nullable Long bytesKept,
        @Nullable Long bytesPerSecond,
        @Nullable Lsn lsn,
        @Nullable Long exposedMillis,
        @Nullable Long storeExposedMillis,
        Instant at) {}

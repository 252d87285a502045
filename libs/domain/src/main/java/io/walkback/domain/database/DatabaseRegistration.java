package io.walkback.domain.database;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One protected cluster, as the `databases` topic has it.
///
/// @param system the cluster that was seen under this name, null until a worker or a check has seen it; another
///     one is refused until it is adopted
/// @param labels for people and for choosing workers
public record DatabaseRegistration(
        DatabaseId id,
        Connection connection,
        @Nullable SystemIdentifier system,
        BackupPolicy policy,
        Map<String, String> labels) {
    public DatabaseRegistration {
        labels = Map.copyOf(labels);
    }
}

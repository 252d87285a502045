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
/// @param pushTokenHash what [PushToken#hash] makes of the token that lets WAL of this database be pushed, null
///     while none was issued. Never the token (P11)
public record DatabaseRegistration(
        DatabaseId id,
        Connection connection,
        @Nullable SystemIdentifier system,
        BackupPolicy policy,
        Map<String, String> labels,
        @Nullable String pushTokenHash) {
    public DatabaseRegistration {
        labels = Map.copyOf(labels);
    }

    /// With no token issued.
    public DatabaseRegistration(
            DatabaseId id,
            Connection connection,
            @Nullable SystemIdentifier system,
            BackupPolicy policy,
            Map<String, String> labels) {
        this(id, connection, system, policy, labels, null);
    }

    /// The same as another cluster, or as one that was seen for the first time.
    public DatabaseRegistration withSystem(@Nullable SystemIdentifier other) {
        return new DatabaseRegistration(id, connection, other, policy, labels, pushTokenHash);
    }

    /// The same with a token that has this hash, and no other.
    public DatabaseRegistration withPushTokenHash(@Nullable String hash) {
        return new DatabaseRegistration(id, connection, system, policy, labels, hash);
    }
}

package io.walkback.tail;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.TimelineId;
import io.walkback.repository.layout.Lineage;
import java.util.Optional;

/// The tails of all databases. Thread-safe.
///
/// Failures: `BROKER_UNAVAILABLE`, retryable, where the brokers do not answer or their names do not resolve;
/// `TOPIC_MISCONFIGURED` where they refuse.
public interface TailTopics {
    /// Makes the tail's topic where it is missing, and checks it, each time. `TOPIC_MISCONFIGURED` where fewer than
    /// three brokers hold each record, fewer than two must have it before it is acknowledged, or any record could
    /// go by its age: nothing may then be told to PostgreSQL.
    void ensure(DatabaseId database);

    /// A writer for one connection and timeline, after [#ensure]; the caller closes it.
    TailWriter writer(DatabaseId database, Lineage lineage, TimelineId timeline, TailWriter.Listener listener);

    /// The tail for reading; empty where there is none. The caller closes it.
    Optional<TailLog> find(DatabaseId database);
}

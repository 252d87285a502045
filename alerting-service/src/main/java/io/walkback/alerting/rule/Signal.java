package io.walkback.alerting.rule;

import io.walkback.domain.event.Severity;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A cause has shown itself, or is over.
public sealed interface Signal {
    AlertSubject subject();

    /// Offset in the operation log; signals about one subject are ordered by it. Null: take it as it comes.
    @Nullable
    Long version();

    /// The event behind it; null when the platform noticed something by itself.
    @Nullable
    UUID eventId();

    Instant at();

    /// The cause stands.
    ///
    /// @param severity how soon a person must look
    /// @param summary one line, printable
    /// @param details values for people, at most [AlertRules#MAX_DETAIL] characters each
    record Raised(
            AlertSubject subject,
            @Nullable Long version,
            @Nullable UUID eventId,
            Instant at,
            Severity severity,
            String summary,
            Map<String, String> details)
            implements Signal {
        public Raised {
            details = Map.copyOf(details);
        }
    }

    /// The cause is over.
    record Cleared(
            AlertSubject subject,
            @Nullable Long version,
            @Nullable UUID eventId,
            Instant at) implements Signal {}
}

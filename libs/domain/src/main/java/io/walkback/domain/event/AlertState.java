package io.walkback.domain.event;

import io.walkback.domain.DatabaseId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What stands to be told about one cause. Key: alertKey.
///
/// @param alertKey kind, database and cause; also the dedup key of the sinks
/// @param kind what sort of alarm
/// @param database the database; null when it is about the platform
/// @param severity how soon a person must look
/// @param status whether the cause still stands
/// @param since when it first stood
/// @param updatedAt when it last changed for people
/// @param count how often the cause was seen since then, at least
/// @param revision counts up when status or severity change; deliveries name it
/// @param lastEventId the event that changed it last; null when silence did
/// @param summary one line for people
/// @param details values for people
/// @param runbook name of the runbook
/// @param versions what this was folded from, whatever the order of arrival: the highest `stateVersion` seen per
///     severity, and under `RESOLVED` that of the newest all-clear
public record AlertState(
        String alertKey,
        String kind,
        @Nullable DatabaseId database,
        Severity severity,
        AlertStatus status,
        Instant since,
        Instant updatedAt,
        long count,
        long revision,
        @Nullable UUID lastEventId,
        String summary,
        Map<String, String> details,
        String runbook,
        Map<String, Long> versions)
        implements State {
    public AlertState {
        since = since.truncatedTo(ChronoUnit.MICROS);
        updatedAt = updatedAt.truncatedTo(ChronoUnit.MICROS);
        details = Map.copyOf(details);
        versions = Map.copyOf(versions);
    }
}

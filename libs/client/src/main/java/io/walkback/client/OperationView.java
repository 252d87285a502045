package io.walkback.client;

import io.walkback.domain.plan.PlannedRestore;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/// An operation.
///
/// @param kind     `BACKUP`, `RESTORE`, `VERIFICATION`, `DRILL`, `EXPIRY`, `WAL_RECEPTION`; a newer service may
///     have others
/// @param state    `OPEN`, `CLAIMED`, `AWAITING_WAL`, and when `over` `COMPLETED`, `FAILED`, `CANCELLED`,
/// `REJECTED`
/// @param progress null unless claimed
/// @param problem  of the end, or of the attempt before
/// @param result   its shape depends on `kind`, see `docs/api.md`; null until there is one
public record OperationView(
        String id,
        String database,
        String kind,
        String state,
        boolean over,
        int attempts,
        int attemptsLeft,
        boolean cancelRequested,
        boolean paused,
        String requestedBy,
        Instant openedAt,
        @Nullable Instant notAfter,
        @Nullable Instant claimedAt,
        @Nullable Instant endedAt,
        @Nullable String worker,
        Map<String, String> labels,
        @Nullable String backupId,
        @Nullable Progress progress,
        @Nullable Problem problem,
        @Nullable Command command,
        @Nullable JsonNode result,
        long stateVersion) {
    /// A newer service may have checks with codes that are not known here.
    private static final ObjectMapper PLANS = JsonMapper.builder()
            .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
            .build();

    /// @param bytesTotal null when not known
    /// @param bytesKept  of `bytesDone`, what a delta restore found; null for other work, or from an older service
    /// @param secondsLeft at `bytesPerSecond`; null when not known
    /// @param exposedMillis age of the oldest WAL that would be lost with the server; null for other work, or from
    ///                      an older service
    /// @param at         when the worker said so
    public record Progress(
            String phase,
            long bytesDone,
            @Nullable Long bytesTotal,
            @Nullable Long bytesKept,
            @Nullable Long bytesPerSecond,
            @Nullable Long secondsLeft,
            @Nullable String lsn,
            @Nullable Long exposedMillis,
            Instant at) {}

    public record Problem(String code, String message, String hint) {}

    /// Of a restore: what was asked for.
    public record Command(
            @Nullable String target,
            @Nullable Long timeline,
            @Nullable String host,
            @Nullable String directory,
            @Nullable Map<String, String> tablespaces,
            @Nullable Boolean noStart,
            @Nullable Boolean delta,
            @Nullable Boolean exclusive,
            @Nullable Boolean validateOnly,
            @Nullable String planDigest,
            @Nullable String breakGlass,
            @Nullable JsonNode inPlace) {}

    public boolean completed() {
        return state.equals("COMPLETED");
    }

    /// A field of [#result] as text, null when there is none.
    public @Nullable String resultText(String field) {
        JsonNode value = result == null ? null : result.get(field);
        return value == null || value.isNull() ? null : value.asString();
    }

    /// What a restore that was asked to plan only would do, empty for any other operation.
    public Optional<PlannedRestore> plan() {
        boolean planned =
                completed() && command != null && Boolean.TRUE.equals(command.validateOnly()) && result != null;
        return planned ? Optional.of(PLANS.treeToValue(result, PlannedRestore.class)) : Optional.empty();
    }
}

package io.walkback.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A backup of the catalog. Everything from `startLsn` to `pageChecksumErrors` is null until it was copied.
///
/// @param state       `REQUESTED`, `RUNNING`, `AWAITING_WAL`, `COMPLETED`, `FAILED`, `EXPIRING`, `EXPIRED`
/// @param sizeBytes   plain bytes of all files
/// @param storedBytes bytes that this backup added to the repository
/// @param expiresAt   the earliest moment at which its policy lets it go, null when there is none
/// @param copies      in how many places it is whole; null from an older service, which does not say
/// @param copiesWanted by the policy in force, likewise
/// @param failure     the newest one, also of an attempt after which another came
public record BackupView(
        String id,
        String database,
        String type,
        String state,
        String requestedBy,
        Instant requestedAt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        int attempts,
        Map<String, String> labels,
        @Nullable String startLsn,
        @Nullable String stopLsn,
        @Nullable Long timeline,
        @Nullable String systemIdentifier,
        @Nullable Integer serverVersion,
        @Nullable Integer walSegmentSize,
        @Nullable Long sizeBytes,
        @Nullable Long storedBytes,
        @Nullable String manifestDigest,
        @Nullable Long pageChecksumErrors,
        @Nullable Failure failure,
        @Nullable Proof proof,
        @Nullable Instant verifiedAt,
        @Nullable Instant expiresAt,
        @Nullable Integer copies,
        @Nullable Integer copiesWanted,
        @Nullable Long stateVersion) {
    public record Failure(String code, String message, String hint, Instant at) {}

    /// @param at     null where there was no rehearsal
    /// @param object what is at fault, of the repository or of the database
    /// @param drill  the rehearsal
    public record Proof(
            String verdict,
            @Nullable String reason,
            @Nullable Instant at,
            @Nullable Long rtoMillis,
            @Nullable String object,
            @Nullable String drill) {}
}

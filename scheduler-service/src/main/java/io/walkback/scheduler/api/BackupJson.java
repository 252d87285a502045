package io.walkback.scheduler.api;

import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.FailureState;
import io.walkback.domain.event.ProofState;
import io.walkback.domain.operation.Verdict;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A backup as the API shows it; docs/api.md describes the fields.
record BackupJson(
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
        int copies,
        int copiesWanted,
        @Nullable Long stateVersion) {
    record Failure(String code, String message, String hint, Instant at) {
        static @Nullable Failure of(@Nullable FailureState failure) {
            return failure == null
                    ? null
                    : new Failure(
                            failure.problem().code().name(),
                            failure.problem().message(),
                            failure.problem().hint(),
                            failure.at());
        }
    }

    /// @param at null where there was no rehearsal
    record Proof(
            String verdict,
            @Nullable String reason,
            @Nullable Instant at,
            @Nullable Long rtoMillis,
            @Nullable String object,
            @Nullable String drill) {
        /// Null only for what is no backup that could be rehearsed yet.
        static @Nullable Proof of(BackupCatalogEntry entry) {
            ProofState proof = entry.proof();
            if (proof != null) {
                return new Proof(
                        proof.verdict().name(),
                        proof.reason(),
                        proof.at(),
                        proof.rtoMillis(),
                        proof.object(),
                        proof.drill() == null ? null : proof.drill().value());
            }
            return entry.status() != BackupStatus.COMPLETED
                    ? null
                    : new Proof(
                            Verdict.UNPROVEN.name(),
                            entry.type() == BackupType.LOGICAL
                                    ? "logical backups are not rehearsed"
                                    : "no drill has judged it yet",
                            null,
                            null,
                            null,
                            null);
        }
    }

    /// @param expiresAt    the earliest moment at which its policy lets it go; null when there is none
    /// @param copiesWanted by the policy in force
    static BackupJson of(BackupCatalogEntry entry, @Nullable Instant expiresAt, int copiesWanted) {
        BackupExtent extent = entry.extent();
        return new BackupJson(
                entry.backupId().value(),
                entry.header().database().value(),
                entry.type().name().toLowerCase(Locale.ROOT),
                entry.status().name(),
                entry.requestedBy(),
                entry.requestedAt(),
                entry.startedAt(),
                entry.completedAt(),
                entry.attempts(),
                entry.labels(),
                from(extent, e -> e.startLsn().toString()),
                from(extent, e -> e.stopLsn().toString()),
                from(extent, e -> Integer.toUnsignedLong(e.timeline().value())),
                from(extent, e -> e.systemIdentifier().toString()),
                from(extent, BackupExtent::serverVersion),
                from(extent, BackupExtent::walSegmentSize),
                from(extent, BackupExtent::sizeBytes),
                from(extent, BackupExtent::storedBytes),
                from(extent, BackupExtent::manifestDigest),
                from(extent, BackupExtent::pageChecksumErrors),
                Failure.of(entry.failure()),
                Proof.of(entry),
                entry.verifiedAt(),
                expiresAt,
                entry.copies(),
                copiesWanted,
                entry.header().stateVersion());
    }

    private static <T> @Nullable T from(@Nullable BackupExtent extent, Function<BackupExtent, T> part) {
        return extent == null ? null : part.apply(extent);
    }
}

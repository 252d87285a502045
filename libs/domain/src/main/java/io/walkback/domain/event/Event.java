package io.walkback.domain.event;

import io.walkback.domain.DatabaseId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A request or a fact, one record of an event topic. The name of the type is the same word in Java, in Avro and,
/// with dashes, in the name of the topic.
public sealed interface Event
        permits BackupRequested,
                RestoreRequested,
                VerificationRequested,
                DrillRequested,
                ExpiryRequested,
                BackupStarted,
                BackupCopied,
                BackupCompleted,
                BackupFailed,
                WalSegmentArchived,
                WalGapDetected,
                WalGapClosed,
                WalExpired,
                RestoreStarted,
                RestoreCompleted,
                RestoreFailed,
                VerificationCompleted,
                VerificationFailed,
                DrillStarted,
                DrillCompleted,
                DrillFailed,
                BackupExpired,
                RepositoryFinding,
                CopiesChecked,
                WalChecked,
                SlotChecked,
                CommitsChecked,
                ProofChecked {
    EventHeader header();

    default UUID eventId() {
        return header().eventId();
    }

    default DatabaseId database() {
        return header().database();
    }

    default Instant occurredAt() {
        return header().occurredAt();
    }

    /// Offset in `operation-log` that this projects, null where nothing is projected.
    default @Nullable Long stateVersion() {
        return header().stateVersion();
    }
}

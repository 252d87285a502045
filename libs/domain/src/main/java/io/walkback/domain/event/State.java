package io.walkback.domain.event;

/// What is so now: one record of a compacted topic, replaced as a whole by the next one under the same key.
public sealed interface State
        permits BackupCatalogEntry,
                Recoverability,
                WalIndexChunk,
                Approval,
                IdempotencyRecord,
                DrillHistory,
                AlertState,
                AlertDelivery,
                AuditEntry {}

package io.walkback.domain.event;

import io.walkback.domain.operation.OperationId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// What a second person said about one destructive plan. Key: approvalId.
///
/// @param header id, database, time and version of this record
/// @param approvalId identifies the approval
/// @param operationId the operation that waits for it
/// @param planDigest digest of the plan; another plan needs another approval
/// @param requestedBy who asked
/// @param decidedBy who decided; never the one who asked, unless breakGlass
/// @param decision what was said
/// @param reason typed by the person
/// @param breakGlass one admin alone at 3 a.m.; everybody is paged
/// @param expiresAt from here on it no longer counts
public record Approval(
        EventHeader header,
        String approvalId,
        OperationId operationId,
        String planDigest,
        String requestedBy,
        String decidedBy,
        Decision decision,
        @Nullable String reason,
        boolean breakGlass,
        Instant expiresAt)
        implements State {
    public Approval {
        expiresAt = expiresAt.truncatedTo(ChronoUnit.MICROS);
    }
}

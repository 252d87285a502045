package io.walkback.domain.event;

import io.walkback.domain.operation.OperationId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// The first answer to a request, so that its repetitions get the same one. Key: database/key.
///
/// @param header id, database, time and version of this record
/// @param key the Idempotency-Key or request id
/// @param requestDigest digest of the canonical request; the same key with another digest is a conflict
/// @param operationId the operation that the first one opened
/// @param status HTTP status of the answer; null while the first one runs
/// @param response body of the answer; null while the first one runs
/// @param expiresAt from here on the key may be forgotten
public record IdempotencyRecord(
        EventHeader header,
        String key,
        String requestDigest,
        OperationId operationId,
        @Nullable Integer status,
        @Nullable String response,
        Instant expiresAt)
        implements State {
    public IdempotencyRecord {
        expiresAt = expiresAt.truncatedTo(ChronoUnit.MICROS);
    }
}

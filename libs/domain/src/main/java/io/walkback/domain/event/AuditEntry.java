package io.walkback.domain.event;

import io.walkback.domain.DatabaseId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One act, linked to the one before it by its hash; one chain per writer incarnation. Key: writer.
///
/// @param writer service and boot UUID; names the chain
/// @param sequence counts from 0 without a hole
/// @param previousHash hash of the entry before, lower-case hexadecimal; 64 zeros in the first
/// @param hash SHA-256 over the canonical form of all other fields, lower-case hexadecimal
/// @param at when it was written
/// @param actor who acted
/// @param roles roles that the actor had
/// @param action what was done or tried
/// @param subject what it was done to
/// @param database the database, when it is about one
/// @param outcome how it ended
/// @param requestId the request that it belongs to
/// @param details values; never a secret
public record AuditEntry(
        String writer,
        long sequence,
        String previousHash,
        String hash,
        Instant at,
        String actor,
        List<String> roles,
        String action,
        String subject,
        @Nullable DatabaseId database,
        AuditOutcome outcome,
        @Nullable String requestId,
        Map<String, String> details)
        implements State {
    public AuditEntry {
        at = at.truncatedTo(ChronoUnit.MICROS);
        roles = List.copyOf(roles);
        details = Map.copyOf(details);
    }
}

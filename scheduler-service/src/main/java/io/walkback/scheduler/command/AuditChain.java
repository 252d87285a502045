package io.walkback.scheduler.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.AuditOutcome;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The chain of this writer. Not thread-safe; [CommandWriter] guards it.
///
/// An entry's hash is SHA-256 over its other fields in the order in which [AuditEntry] declares them, each as its
/// length in UTF-8 (four bytes, big-endian) and its text; null as length -1; lists and maps (in key order) as their
/// size and then their parts; numbers and times as their decimal and ISO text.
final class AuditChain {
    private static final String FIRST = "0".repeat(64);

    private final String service;
    private String writer;
    private long next;
    private String previous = FIRST;

    AuditChain(String service) {
        this.service = service;
        this.writer = newWriter();
    }

    private String newWriter() {
        return service + "/" + UUID.randomUUID();
    }

    /// What is to be audited.
    record Draft(
            String actor,
            String action,
            String subject,
            @Nullable DatabaseId database,
            AuditOutcome outcome,
            @Nullable String requestId,
            Map<String, String> details) {
        Draft {
            details = Map.copyOf(details);
        }
    }

    /// The next entry. It is in the chain only after [#written].
    AuditEntry next(Draft draft, Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.MICROS);
        return new AuditEntry(
                writer,
                next,
                previous,
                hash(draft, at),
                at,
                draft.actor(),
                List.of(),
                draft.action(),
                draft.subject(),
                draft.database(),
                draft.outcome(),
                draft.requestId(),
                draft.details());
    }

    /// `entry` is committed.
    void written(AuditEntry entry) {
        next = entry.sequence() + 1;
        previous = entry.hash();
    }

    /// Nobody knows whether the entry was committed: a new chain begins, so that this one cannot fork.
    void begin() {
        writer = newWriter();
        next = 0;
        previous = FIRST;
    }

    private String hash(Draft draft, Instant at) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream canonical = new DataOutputStream(bytes);
        try {
            text(canonical, writer);
            text(canonical, Long.toString(next));
            text(canonical, previous);
            text(canonical, at.toString());
            text(canonical, draft.actor());
            canonical.writeInt(0);
            text(canonical, draft.action());
            text(canonical, draft.subject());
            text(canonical, draft.database() == null ? null : draft.database().value());
            text(canonical, draft.outcome().name());
            text(canonical, draft.requestId());
            canonical.writeInt(draft.details().size());
            for (Map.Entry<String, String> detail : new TreeMap<>(draft.details()).entrySet()) {
                text(canonical, detail.getKey());
                text(canonical, detail.getValue());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
        return HexFormat.of().formatHex(sha256().digest(bytes.toByteArray()));
    }

    private static void text(DataOutputStream canonical, @Nullable String text) throws IOException {
        if (text == null) {
            canonical.writeInt(-1);
            return;
        }
        byte[] bytes = text.getBytes(UTF_8);
        canonical.writeInt(bytes.length);
        canonical.write(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}

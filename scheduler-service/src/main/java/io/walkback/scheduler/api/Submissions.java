package io.walkback.scheduler.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Text;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.IdempotencyRecord;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.request.RequestRules;
import io.walkback.scheduler.state.State;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/// Requests by people: judged at once, written durably, answered when they are seen. Thread-safe.
///
/// One key, one operation: the operation's id follows from the key, so that even two instances which get the same
/// key at the same moment open one operation.
@Component
class Submissions {
    /// Until when a worker may take up what a person asked for.
    static final Duration PATIENCE = Duration.ofHours(24);

    /// As long as the request itself is kept in its topic.
    private static final Duration KEY_KEPT = Duration.ofDays(7);

    private static final Duration SEEN = Duration.ofSeconds(5);
    private static final DateTimeFormatter COMPACT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final State state;
    private final RequestRules rules;
    private final CommandWriter commands;
    private final Clock clock;
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    Submissions(State state, RequestRules rules, CommandWriter commands, Clock clock) {
        this.state = state;
        this.rules = rules;
        this.commands = commands;
        this.clock = clock;
    }

    /// What somebody sent.
    ///
    /// @param id   the id that was asked for, null: made up here
    /// @param key  the Idempotency-Key, null: none
    /// @param body what was asked, as text that is equal for equal requests
    record Submission(
            DatabaseId database,
            @Nullable OperationId id,
            @Nullable String key,
            String body) {}

    /// Makes the request.
    interface Form {
        Event request(EventHeader header, OperationId id, Instant notAfter);
    }

    /// What came of it.
    ///
    /// @param seen empty when the operation was not seen in time
    record Submitted(OperationId id, Optional<Operation> seen) {}

    Submitted submit(Submission submission, String action, Form form) {
        String key = submission.key();
        if (key == null) {
            return send(submission, action, form, idOf(submission, null), null);
        }
        if (key.isBlank() || key.length() > 128 || !key.equals(Text.printable(key, 128))) {
            throw Refused.badRequest("an Idempotency-Key has 1 to 128 printable characters", "Send another one.");
        }
        String scope = submission.database() + "/" + key;
        if (!running.add(scope)) {
            throw Refused.of(
                    HttpStatus.CONFLICT,
                    FailureCode.REQUEST_CONFLICT,
                    "the first request with this Idempotency-Key is still running",
                    "Wait for its answer, or send the same request again in a few seconds.");
        }
        try {
            String digest = digest(action + "\n" + submission.body());
            Optional<IdempotencyRecord> first = state.idempotency().find(scope).filter(known -> known.expiresAt()
                    .isAfter(clock.instant()));
            first.filter(known -> !known.requestDigest().equals(digest)).ifPresent(known -> {
                throw Refused.of(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        FailureCode.REQUEST_CONFLICT,
                        "this Idempotency-Key came with another request before, operation '" + known.operationId()
                                + "'",
                        "Use a new key for a new request.");
            });
            OperationId id = first.map(IdempotencyRecord::operationId).orElseGet(() -> idOf(submission, key));
            return send(submission, action, form, id, first.isPresent() ? null : digest);
        } finally {
            running.remove(scope);
        }
    }

    private Submitted send(Submission submission, String action, Form form, OperationId id, @Nullable String digest) {
        Instant now = clock.instant();
        if (state.operation(submission.database(), id).isEmpty()) {
            Event request = form.request(
                    new EventHeader(UUID.randomUUID(), submission.database(), now, null), id, now.plus(PATIENCE));
            if (rules.judge(request, now) instanceof OperationRecord.Rejected rejected) {
                // Refused before anything is written, so that the id stays free for the mended request.
                throw Refused.of(
                        Refused.statusOf(rejected.problem().code()),
                        rejected.problem().code(),
                        rejected.problem().message(),
                        rejected.problem().hint());
            }
            List<Object> messages = new ArrayList<>(List.of(request));
            if (digest != null && submission.key() != null) {
                messages.add(new IdempotencyRecord(
                        new EventHeader(UUID.randomUUID(), submission.database(), now, null),
                        submission.key(),
                        digest,
                        id,
                        HttpStatus.ACCEPTED.value(),
                        "/api/operations/" + id,
                        now.plus(KEY_KEPT)));
            }
            commands.write(Act.of("api", action, id.value(), submission.database(), AuditOutcome.ALLOWED), messages);
        }
        Optional<Operation> seen = await(submission.database(), id);
        seen.map(Operation::state).ifPresent(end -> {
            if (end instanceof OperationState.Rejected rejected) {
                throw Refused.rejected(id, rejected.problem());
            }
        });
        return new Submitted(id, seen);
    }

    private Optional<Operation> await(DatabaseId database, OperationId id) {
        try {
            return state.operations().await(State.key(database, id), _ -> true, SEEN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private OperationId idOf(Submission submission, @Nullable String key) {
        if (submission.id() != null) {
            return submission.id();
        }
        String tail = key == null
                ? COMPACT.format(clock.instant()) + "-"
                        + UUID.randomUUID().toString().substring(0, 6)
                : "k" + digest(key).substring(0, 22);
        return new OperationId(submission.database() + "-" + tail);
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}

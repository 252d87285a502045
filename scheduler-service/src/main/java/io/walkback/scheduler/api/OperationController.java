package io.walkback.scheduler.api;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.operations.OperationLog;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Shows the work in hand, and takes what people want of it.
@RestController
class OperationController {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration SEEN = Duration.ofSeconds(5);

    private final State state;
    private final Heartbeats heartbeats;
    private final OperationLog log;
    private final CommandWriter commands;
    private final Clock clock;

    OperationController(State state, Heartbeats heartbeats, OperationLog log, CommandWriter commands, Clock clock) {
        this.state = state;
        this.heartbeats = heartbeats;
        this.log = log;
        this.commands = commands;
        this.clock = clock;
    }

    @GetMapping("/api/operations")
    Page<OperationJson> list(
            @RequestParam(required = false) @Nullable String database,
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(name = "state", defaultValue = "") List<String> states,
            @RequestParam(defaultValue = "false") boolean live,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        DatabaseId wanted = Fields.optional("database", database, DatabaseId::new);
        OperationKind among =
                Fields.optional("kind", kind, name -> OperationKind.valueOf(name.toUpperCase(Locale.ROOT)));
        Map<Epoch, Heartbeat> latest = heartbeats.latest();
        return Page.of(
                state.operations()
                        .all()
                        .filter(operation ->
                                wanted == null || operation.database().equals(wanted))
                        .filter(operation -> among == null || operation.kind() == among)
                        .filter(operation -> !live || !operation.state().isTerminal())
                        .filter(operation -> states.isEmpty()
                                || states.stream()
                                        .anyMatch(name -> name.equalsIgnoreCase(OperationJson.of(operation, Map.of())
                                                .state()))),
                operation -> Page.newestFirst(operation.openedAt(), State.key(operation.database(), operation.id())),
                cursor,
                limit,
                operation -> OperationJson.of(operation, latest));
    }

    @GetMapping("/api/operations/{id}")
    OperationJson show(@PathVariable String id) {
        return OperationJson.of(require(id), heartbeats.latest());
    }

    @PostMapping("/api/operations/{id}/cancel")
    @ResponseStatus(HttpStatus.ACCEPTED)
    OperationJson cancel(@PathVariable String id) {
        return change(
                id,
                "operation.cancel",
                operation -> new OperationRecord.CancelRequested(
                        operation.database(), operation.id(), "api", clock.instant()));
    }

    @PostMapping("/api/operations/{id}/pause")
    @ResponseStatus(HttpStatus.ACCEPTED)
    OperationJson pause(@PathVariable String id) {
        return change(
                id,
                "operation.pause",
                operation -> new OperationRecord.Paused(operation.database(), operation.id(), "api", clock.instant()));
    }

    @PostMapping("/api/operations/{id}/release")
    @ResponseStatus(HttpStatus.ACCEPTED)
    OperationJson release(@PathVariable String id) {
        return change(
                id,
                "operation.release",
                operation ->
                        new OperationRecord.Released(operation.database(), operation.id(), "api", clock.instant()));
    }

    private OperationJson change(String id, String action, Function<Operation, OperationRecord> wish) {
        Operation operation = require(id);
        if (operation.state().isTerminal()) {
            throw Refused.of(
                    HttpStatus.CONFLICT,
                    FailureCode.REQUEST_CONFLICT,
                    "operation '" + id + "' is over, it ended "
                            + OperationJson.of(operation, Map.of()).state(),
                    "Nothing can be changed about it any more.");
        }
        // The intent is audited first: an entry without a record is a crash, a record without an entry a hole.
        commands.write(
                Act.of("api", action, operation.id().value(), operation.database(), AuditOutcome.INTENDED), List.of());
        append(log, wish.apply(operation));
        return OperationJson.of(seen(operation), heartbeats.latest());
    }

    /// What the wish made of the operation, or the operation as it was where it changed nothing within a while.
    private Operation seen(Operation before) {
        try {
            return state.operations()
                    .await(
                            State.key(before.database(), before.id()),
                            now -> now.stateVersion() > before.stateVersion(),
                            SEEN)
                    .orElse(before);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return before;
        }
    }

    private Operation require(String id) {
        OperationId wanted = Fields.required("id", id, OperationId::new);
        return state.operation(wanted)
                .orElseThrow(() -> Refused.of(
                        HttpStatus.NOT_FOUND,
                        FailureCode.OPERATION_UNKNOWN,
                        "no operation '" + wanted + "'",
                        "GET /api/operations shows what there is."));
    }

    /// Returns when the log has it.
    static void append(OperationLog log, OperationRecord record) {
        try {
            log.append(record).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof PlatformException ours) {
                throw ours;
            }
            throw new IllegalStateException("the log refused a record of ours", failed);
        } catch (TimeoutException | InterruptedException failed) {
            if (failed instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new RetryableException(
                    FailureCode.BROKER_UNAVAILABLE,
                    "the operation log did not take the wish within " + ANSWER.toSeconds() + " s",
                    "See whether the brokers are up, and send it again.",
                    failed);
        }
    }
}

package io.walkback.scheduler.api;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.DrillRequested;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.scheduler.api.Submissions.Submission;
import io.walkback.scheduler.api.Submissions.Submitted;
import io.walkback.scheduler.registry.PolicyText;
import io.walkback.scheduler.registry.Registry;
import io.walkback.scheduler.state.State;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Asks for rehearsals, and shows them: those whose operation is known, and of each database the last hundred that
/// came to their ends.
@RestController
class DrillController {
    private final State state;
    private final Submissions submissions;
    private final Registry registry;
    private final Backups backups;
    private final Heartbeats heartbeats;

    DrillController(State state, Submissions submissions, Registry registry, Backups backups, Heartbeats heartbeats) {
        this.state = state;
        this.submissions = submissions;
        this.registry = registry;
        this.backups = backups;
        this.heartbeats = heartbeats;
    }

    /// @param choice `newest` (default) or `random`; a `backupId` is a choice of its own
    /// @param randomWindow such as `7d`: recovery ends at a moment drawn from the last so much time
    record Body(
            @Nullable String database,
            @Nullable String backupId,
            @Nullable String choice,
            @Nullable String target,
            @Nullable String targetTime,
            @Nullable String targetLsn,
            @Nullable String targetXid,
            @Nullable String targetName,
            @Nullable String randomWindow) {}

    @PostMapping("/api/drills")
    ResponseEntity<RequestController.Accepted> run(
            @RequestBody Body body, @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key) {
        BackupId named = Fields.optional("backupId", body.backupId(), BackupId::new);
        DatabaseId wanted = Fields.optional("database", body.database(), DatabaseId::new);
        BackupCatalogEntry backup = named == null ? null : backups.require(named, wanted);
        DatabaseId database = backup == null
                ? Fields.required("database", body.database(), DatabaseId::new)
                : backup.header().database();
        registry.require(database);
        DrillChoice choice = choice(body.choice(), named);
        RecoveryTarget target = TargetFields.of(
                body.target(), body.targetTime(), body.targetLsn(), body.targetXid(), body.targetName());
        Duration window = Fields.optional("randomWindow", body.randomWindow(), PolicyText::time);
        Submitted submitted = submissions.submit(
                new Submission(database, null, key, body.toString()),
                "drill.request",
                (header, id, notAfter) -> new DrillRequested(
                        header, id.value(), id, choice, named, target, Map.of(), "api", notAfter, window));
        String location = "/api/operations/" + submitted.id();
        return ResponseEntity.accepted()
                .location(URI.create(location))
                .body(new RequestController.Accepted(
                        submitted.id().value(),
                        body.backupId(),
                        location,
                        submitted
                                .seen()
                                .map(operation -> OperationJson.of(operation, heartbeats.latest()))
                                .orElse(null)));
    }

    private static DrillChoice choice(@Nullable String word, @Nullable BackupId named) {
        if (named != null && word != null) {
            throw Refused.badRequest("a backupId and a choice are both given", "Give one of them.");
        }
        return switch (word) {
            case null -> named == null ? DrillChoice.NEWEST : DrillChoice.NAMED;
            case "newest" -> DrillChoice.NEWEST;
            case "random" -> DrillChoice.RANDOM;
            default -> throw Refused.badRequest("choice is newest or random", "Name a backup by backupId.");
        };
    }

    /// One to show, and where it stands.
    private record Shown(Instant at, String key, DrillJson drill) {}

    @GetMapping("/api/drills")
    Page<DrillJson> list(
            @RequestParam(required = false) @Nullable String database,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        DatabaseId wanted = Fields.optional("database", database, DatabaseId::new);
        Stream<Shown> known = state.operations()
                .all()
                .filter(operation -> operation.kind() == OperationKind.DRILL)
                .filter(operation -> wanted == null || operation.database().equals(wanted))
                .map(operation -> new Shown(
                        operation.openedAt(),
                        State.key(operation.database(), operation.id()),
                        DrillJson.of(operation)));
        Stream<Shown> remembered = state.drills()
                .all()
                .filter(history -> wanted == null || history.header().database().equals(wanted))
                .flatMap(history -> history.runs().stream()
                        .filter(run -> state.operation(history.header().database(), run.drill())
                                .isEmpty())
                        .map(run -> new Shown(
                                run.at(),
                                State.key(history.header().database(), run.drill()),
                                DrillJson.of(history.header().database().value(), run))));
        return Page.of(
                Stream.concat(known, remembered),
                shown -> Page.newestFirst(shown.at(), shown.key()),
                cursor,
                limit,
                Shown::drill);
    }
}

package io.walkback.scheduler.api;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.event.VerificationRequested;
import io.walkback.domain.operation.Command.InPlace;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.scheduler.api.Submissions.Submission;
import io.walkback.scheduler.api.Submissions.Submitted;
import io.walkback.scheduler.registry.Registry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// Asks for backups, restores and verifications.
@RestController
class RequestController {
    private static final String KEY = "Idempotency-Key";

    private final Submissions submissions;
    private final Registry registry;
    private final Backups backups;
    private final Heartbeats heartbeats;

    RequestController(Submissions submissions, Registry registry, Backups backups, Heartbeats heartbeats) {
        this.submissions = submissions;
        this.registry = registry;
        this.backups = backups;
        this.heartbeats = heartbeats;
    }

    record CreateBody(
            @Nullable String database,
            @Nullable String type,
            @Nullable List<String> dbnames,
            @Nullable String backupId) {}

    record RestoreBody(
            @Nullable String database,
            @Nullable String backupId,
            @Nullable String target,
            @Nullable String targetTime,
            @Nullable String targetLsn,
            @Nullable String targetXid,
            @Nullable String targetName,
            @Nullable Long timeline,
            @Nullable String host,
            @Nullable String directory,
            @Nullable TreeMap<String, String> tablespaces,
            @Nullable Boolean noStart,
            @Nullable Boolean validateOnly,
            @Nullable String requestId,
            @Nullable Boolean delta,
            @Nullable Boolean exclusive,
            @Nullable String planDigest,
            @Nullable String breakGlass,
            @Nullable InPlace inPlace) {}

    record VerifyBody(@Nullable String backupId, @Nullable String database) {}

    record Accepted(
            String operationId,
            @Nullable String backupId,
            String location,
            @Nullable OperationJson operation) {}

    @PostMapping("/api/backup/create")
    ResponseEntity<Accepted> create(
            @RequestBody CreateBody body, @RequestHeader(name = KEY, required = false) @Nullable String key) {
        DatabaseId database = Fields.required("database", body.database(), DatabaseId::new);
        registry.require(database);
        BackupType type = type(body.type());
        List<String> dbnames = body.dbnames() == null ? List.of() : body.dbnames();
        BackupId wanted = Fields.optional("backupId", body.backupId(), BackupId::new);
        Submitted submitted = submissions.submit(
                new Submission(database, wanted == null ? null : new OperationId(wanted.value()), key, body.toString()),
                "backup.request",
                (header, id, notAfter) -> new BackupRequested(
                        header,
                        id.value(),
                        new BackupId(id.value()),
                        type,
                        "api",
                        notAfter,
                        Map.of(),
                        null,
                        null,
                        dbnames));
        return accepted(submitted, submitted.id().value());
    }

    private static BackupType type(@Nullable String text) {
        return switch (text) {
            case null -> BackupType.PHYSICAL;
            case "physical" -> BackupType.PHYSICAL;
            case "logical" -> BackupType.LOGICAL;
            default -> throw Refused.badRequest("type is physical or logical", "Leave it out for physical.");
        };
    }

    @PostMapping("/api/backup/restore")
    ResponseEntity<Accepted> restore(
            @RequestBody RestoreBody body, @RequestHeader(name = KEY, required = false) @Nullable String key) {
        BackupCatalogEntry backup = backup(body.database(), body.backupId());
        DatabaseId database = database(body.database(), backup);
        RecoveryTarget target = target(body);
        String host = Fields.required("host", body.host(), text -> text);
        String directory = Fields.required("directory", body.directory(), text -> text);
        TimelineId timeline = Fields.timeline(body.timeline());
        Map<String, String> tablespaces = body.tablespaces() == null ? Map.of() : body.tablespaces();
        Submitted submitted = submissions.submit(
                new Submission(
                        database,
                        Fields.optional("requestId", body.requestId(), OperationId::new),
                        key,
                        body.toString()),
                "restore.request",
                (header, id, notAfter) -> new RestoreRequested(
                        header,
                        id.value(),
                        id,
                        backup == null ? null : backup.backupId(),
                        target,
                        timeline,
                        host,
                        directory,
                        tablespaces,
                        Boolean.TRUE.equals(body.noStart()),
                        false,
                        body.planDigest(),
                        null,
                        "api",
                        notAfter,
                        Boolean.TRUE.equals(body.delta()),
                        Boolean.TRUE.equals(body.exclusive()),
                        Boolean.TRUE.equals(body.validateOnly()),
                        body.breakGlass(),
                        body.inPlace()));
        return accepted(submitted, backup == null ? null : backup.backupId().value());
    }

    @PostMapping("/api/backup/verify")
    ResponseEntity<Accepted> verify(
            @RequestBody VerifyBody body, @RequestHeader(name = KEY, required = false) @Nullable String key) {
        BackupCatalogEntry backup = backup(body.database(), body.backupId());
        DatabaseId database = database(body.database(), backup);
        Submitted submitted = submissions.submit(
                new Submission(database, null, key, body.toString()),
                "verification.request",
                (header, id, notAfter) -> new VerificationRequested(
                        header, id.value(), id, backup == null ? null : backup.backupId(), "api", notAfter, null));
        return accepted(submitted, backup == null ? null : backup.backupId().value());
    }

    private @Nullable BackupCatalogEntry backup(@Nullable String database, @Nullable String backupId) {
        BackupId id = Fields.optional("backupId", backupId, BackupId::new);
        return id == null ? null : backups.require(id, Fields.optional("database", database, DatabaseId::new));
    }

    private DatabaseId database(@Nullable String text, @Nullable BackupCatalogEntry backup) {
        DatabaseId database = backup == null
                ? Fields.required("database", text, DatabaseId::new)
                : backup.header().database();
        registry.require(database);
        return database;
    }

    private static RecoveryTarget target(RestoreBody body) {
        return TargetFields.of(body.target(), body.targetTime(), body.targetLsn(), body.targetXid(), body.targetName());
    }

    private ResponseEntity<Accepted> accepted(Submitted submitted, @Nullable String backupId) {
        String location = "/api/operations/" + submitted.id();
        return ResponseEntity.accepted()
                .location(URI.create(location))
                .body(new Accepted(
                        submitted.id().value(),
                        backupId,
                        location,
                        submitted
                                .seen()
                                .map(operation -> OperationJson.of(operation, heartbeats.latest()))
                                .orElse(null)));
    }
}

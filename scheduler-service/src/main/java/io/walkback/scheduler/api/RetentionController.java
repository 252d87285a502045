package io.walkback.scheduler.api;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.ExpiryRequested;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.retention.RetentionPlan;
import io.walkback.domain.retention.WalExtent;
import io.walkback.domain.retention.WalNeed;
import io.walkback.operations.OperationLog;
import io.walkback.repository.expiry.ExpiryReport;
import io.walkback.repository.expiry.Tally;
import io.walkback.scheduler.api.Submissions.Submission;
import io.walkback.scheduler.api.Submissions.Submitted;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.expiry.Retentions;
import io.walkback.scheduler.registry.Registry;
import io.walkback.scheduler.state.State;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// What retention decides, and what people want of it.
@RestController
class RetentionController {
    private static final String KEY = "Idempotency-Key";
    private static final Duration SEEN = Duration.ofSeconds(5);

    private final State state;
    private final Registry registry;
    private final Backups backups;
    private final Retentions retentions;
    private final Submissions submissions;
    private final CommandWriter commands;
    private final OperationLog log;
    private final Heartbeats heartbeats;
    private final Clock clock;

    RetentionController(
            State state,
            Registry registry,
            Backups backups,
            Retentions retentions,
            Submissions submissions,
            CommandWriter commands,
            OperationLog log,
            Heartbeats heartbeats,
            Clock clock) {
        this.state = state;
        this.registry = registry;
        this.backups = backups;
        this.retentions = retentions;
        this.submissions = submissions;
        this.commands = commands;
        this.log = log;
        this.heartbeats = heartbeats;
        this.clock = clock;
    }

    record ReasonJson(String rule, String text) {}

    /// @param fate `KEEP` or `EXPIRE`
    record DecisionJson(String backupId, String fate, List<ReasonJson> reasons) {}

    /// @param neededBy the backup that keeps it; null: none
    record WalJson(
            String systemIdentifier,
            long timeline,
            String from,
            String to,
            String fate,
            @Nullable String neededBy,
            String reason) {}

    record TallyJson(long objects, long bytes) {
        static TallyJson of(Tally tally) {
            return new TallyJson(tally.objects(), tally.bytes());
        }
    }

    /// @param waiting what nothing holds and is too young to be deleted
    record DeletionJson(
            TallyJson manifests,
            TallyJson packs,
            TallyJson digests,
            TallyJson wal,
            TallyJson total,
            TallyJson waiting) {
        static DeletionJson of(ExpiryReport report) {
            return new DeletionJson(
                    TallyJson.of(report.manifests()),
                    TallyJson.of(report.packs()),
                    TallyJson.of(report.digests()),
                    TallyJson.of(report.wal()),
                    TallyJson.of(report.total()),
                    TallyJson.of(report.waiting()));
        }
    }

    /// @param locks what the policy's immutability means beside its retention
    record PlanJson(
            String database,
            Instant at,
            DatabaseJson.PolicyJson policy,
            String locks,
            List<DecisionJson> backups,
            List<WalJson> wal,
            DeletionJson deletes) {}

    record HoldBody(
            @Nullable String backupId,
            @Nullable String database,
            @Nullable String reason,
            @Nullable String until) {}

    /// What would become of everything under the policy in force.
    @GetMapping("/api/databases/{name}/retention")
    PlanJson plan(@PathVariable String name) {
        DatabaseRegistration registration = registry.require(Fields.required("name", name, DatabaseId::new));
        return plan(registration, registration.policy());
    }

    /// Either of the two.
    ///
    /// @param policy what it leaves out is as in the policy in force
    /// @param yaml   as the configuration file has it; what it leaves out has its default
    record ProposalBody(
            DatabaseJson.@Nullable PolicyInput policy,
            @Nullable String yaml) {}

    /// The same under another policy.
    @PostMapping("/api/databases/{name}/retention")
    PlanJson plan(@PathVariable String name, @RequestBody ProposalBody proposed) {
        DatabaseRegistration registration = registry.require(Fields.required("name", name, DatabaseId::new));
        try {
            if (proposed.yaml() != null) {
                return plan(registration, registry.parsePolicy(proposed.yaml()));
            }
            BackupPolicy inForce = registration.policy();
            return plan(
                    registration,
                    proposed.policy() == null ? inForce : proposed.policy().over(inForce));
        } catch (IllegalArgumentException | OperatorActionException refused) {
            if (refused instanceof OperatorActionException fault && fault.code() != FailureCode.CONFIGURATION) {
                throw fault;
            }
            throw Refused.badRequest(
                    String.valueOf(refused.getMessage()), "docs/api.md says what each property takes.");
        }
    }

    @PostMapping("/api/databases/{name}/expire")
    ResponseEntity<RequestController.Accepted> expire(
            @PathVariable String name, @RequestHeader(name = KEY, required = false) @Nullable String key) {
        DatabaseId database = Fields.required("name", name, DatabaseId::new);
        registry.require(database);
        Submitted submitted = submissions.submit(
                new Submission(database, null, key, "expire"),
                "expiry.request",
                (header, id, notAfter) ->
                        new ExpiryRequested(header, id.value(), id, List.of(), null, "api", notAfter));
        return accepted(submitted.id(), submitted.seen(), null);
    }

    /// Keeps a backup until the hold's operation is cancelled or its time is over.
    @PostMapping("/api/holds")
    ResponseEntity<RequestController.Accepted> hold(@RequestBody HoldBody body) {
        BackupCatalogEntry backup = backups.require(
                Fields.required("backupId", body.backupId(), BackupId::new),
                Fields.optional("database", body.database(), DatabaseId::new));
        String reason = Fields.required("reason", body.reason(), RetentionController::reason);
        Instant until = Fields.time("until", body.until());
        Instant now = clock.instant();
        if (until != null && !until.isAfter(now)) {
            throw Refused.unusable("until: " + until + " is over", "Name a moment to come, or none.");
        }
        DatabaseId database = backup.header().database();
        OperationId id = new OperationId("hold-" + UUID.randomUUID());
        // The intent is audited first: an entry without a record is a crash, a record without an entry a hole.
        commands.write(Act.of("api", "backup.hold", id.value(), database, AuditOutcome.INTENDED), List.of());
        OperationController.append(
                log,
                new OperationRecord.Opened(
                        database,
                        id,
                        new Command.Hold(backup.backupId(), reason, until),
                        Map.of(),
                        1,
                        "api",
                        null,
                        now));
        Optional<Operation> seen = await(database, id);
        seen.map(Operation::state).ifPresent(end -> {
            if (end instanceof OperationState.Rejected rejected) {
                throw Refused.rejected(id, rejected.problem());
            }
        });
        return accepted(id, seen, backup.backupId().value());
    }

    private PlanJson plan(DatabaseRegistration registration, BackupPolicy policy) {
        Retentions.Preview preview = retentions.preview(registration.id(), policy);
        RetentionPlan plan = preview.plan();
        List<DecisionJson> decisions = plan.decisions().stream()
                .map(decision -> new DecisionJson(
                        decision.backup().value(),
                        decision.fate().name(),
                        decision.reasons().stream()
                                .map(reason -> new ReasonJson(reason.rule().name(), reason.text()))
                                .toList()))
                .toList();
        return new PlanJson(
                registration.id().value(),
                clock.instant(),
                DatabaseJson.policy(policy),
                policy.immutability().beside(policy.retention()),
                decisions,
                preview.wal().stream()
                        .flatMap(extent -> wal(extent, plan).stream())
                        .toList(),
                DeletionJson.of(preview.report()));
    }

    /// A stretch of WAL, cut where what becomes of it changes.
    private static List<WalJson> wal(WalExtent extent, RetentionPlan plan) {
        List<WalJson> parts = new ArrayList<>();
        for (RetentionPlan.WalPart part : plan.parts(extent)) {
            WalNeed need = part.need();
            parts.add(new WalJson(
                    extent.system().toString(),
                    Integer.toUnsignedLong(extent.timeline().value()),
                    part.from().toString(),
                    part.to().toString(),
                    need == null ? "EXPIRE" : "KEEP",
                    need == null ? null : need.backup().value(),
                    need == null
                            ? "no kept backup needs it; what was stored before " + plan.walKeptSince() + " goes"
                            : need.to() == null
                                    ? "recovery from backup '" + need.backup() + "' may go on through it"
                                    : "it makes backup '" + need.backup() + "' consistent"));
        }
        return parts;
    }

    private static String reason(String text) {
        if (text.length() > 500 || !text.equals(Text.printable(text, 500))) {
            throw new IllegalArgumentException("a reason has at most 500 printable characters");
        }
        return text;
    }

    private Optional<Operation> await(DatabaseId database, OperationId id) {
        try {
            return state.operations().await(State.key(database, id), _ -> true, SEEN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private ResponseEntity<RequestController.Accepted> accepted(
            OperationId id, Optional<Operation> seen, @Nullable String backupId) {
        String location = "/api/operations/" + id;
        return ResponseEntity.accepted()
                .location(URI.create(location))
                .body(new RequestController.Accepted(
                        id.value(),
                        backupId,
                        location,
                        seen.map(operation -> OperationJson.of(operation, heartbeats.latest()))
                                .orElse(null)));
    }
}

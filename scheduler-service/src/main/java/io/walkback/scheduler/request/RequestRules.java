package io.walkback.scheduler.request;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Text;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.Approval;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.Decision;
import io.walkback.domain.event.DrillRequested;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.ExpiryRequested;
import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.event.VerificationRequested;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What becomes of a request. Pure: the same request, inventory, approvals and time give the same answer, whether
/// it came through the API, from a schedule or from a foreign producer.
public final class RequestRules {
    /// A request older than this is stale whatever it says: as long as its topic keeps it, and well within the
    /// time for which the operation of an earlier copy is known ([OperationFold#KEPT]), so that none runs twice
    /// (F17, F19).
    static final Duration LONGEST_WAIT = Duration.ofDays(7);

    private final Function<DatabaseId, Optional<DatabaseRegistration>> databases;
    private final Function<String, Optional<Approval>> approvals;
    private final Function<RestoreRequested, Optional<Problem>> targets;

    /// @param targets why a restore cannot end where it is wanted, as far as that is known
    public RequestRules(
            Function<DatabaseId, Optional<DatabaseRegistration>> databases,
            Function<String, Optional<Approval>> approvals,
            Function<RestoreRequested, Optional<Problem>> targets) {
        this.databases = databases;
        this.approvals = approvals;
        this.targets = targets;
    }

    /// The parts that every request has.
    ///
    /// @param command null where the request is refused whatever it says
    record Asked(
            DatabaseId database,
            OperationId operation,
            OperationKind kind,
            String requestId,
            String requestedBy,
            Instant notAfter,
            Map<String, String> labels,
            @Nullable Command command) {}

    /// [OperationRecord.Opened] or [OperationRecord.Rejected]. Throws [IllegalArgumentException] for an event that
    /// is no request.
    public OperationRecord judge(Event request, Instant now) {
        Asked asked = asked(request);
        Problem problem = problem(request, asked, now);
        BackupPolicy policy = databases
                .apply(asked.database())
                .map(DatabaseRegistration::policy)
                .orElse(BackupPolicy.DEFAULT);
        Command command =
                request instanceof DrillRequested drill ? DrillForm.command(drill, policy.drill()) : asked.command();
        if (problem == null && command != null) {
            return new OperationRecord.Opened(
                    asked.database(),
                    asked.operation(),
                    command,
                    asked.labels(),
                    policy.maxAttempts(),
                    by(asked),
                    asked.notAfter(),
                    now);
        }
        Problem why = problem == null ? notSupported(asked.kind().toString()) : problem;
        return new OperationRecord.Rejected(asked.database(), asked.operation(), asked.kind(), by(asked), why, now);
    }

    /// The id under which the request will be found.
    public static OperationId operationId(Event request) {
        return asked(request).operation();
    }

    static Asked asked(Event request) {
        return switch (request) {
            case BackupRequested r ->
                new Asked(
                        r.database(),
                        new OperationId(r.backupId().value()),
                        OperationKind.BACKUP,
                        r.requestId(),
                        r.requestedBy(),
                        r.notAfter(),
                        r.labels(),
                        backupCommand(r));
            case RestoreRequested r ->
                new Asked(
                        r.database(),
                        r.operationId(),
                        OperationKind.RESTORE,
                        r.requestId(),
                        r.requestedBy(),
                        r.notAfter(),
                        Map.of(),
                        new Command.Restore(
                                r.backupId(),
                                r.target(),
                                r.timeline(),
                                r.host(),
                                r.directory(),
                                r.tablespaceMap(),
                                !r.noStart(),
                                r.delta(),
                                r.exclusive(),
                                r.validateOnly(),
                                r.planDigest(),
                                r.breakGlass(),
                                r.delta() ? null : r.inPlace()));
            case VerificationRequested r ->
                new Asked(
                        r.database(),
                        r.operationId(),
                        OperationKind.VERIFICATION,
                        r.requestId(),
                        r.requestedBy(),
                        r.notAfter(),
                        Map.of(),
                        new Command.Verify(r.backupId(), r.rotation()));
            case DrillRequested r ->
                new Asked(
                        r.database(),
                        r.operationId(),
                        OperationKind.DRILL,
                        r.requestId(),
                        r.requestedBy(),
                        r.notAfter(),
                        r.labels(),
                        // Made with the policy of its database, by DrillForm.
                        null);
            case ExpiryRequested r ->
                new Asked(
                        r.database(),
                        r.operationId(),
                        OperationKind.EXPIRY,
                        r.requestId(),
                        r.requestedBy(),
                        r.notAfter(),
                        Map.of(),
                        // Backups that a person names are not deleted by this version.
                        r.backupIds().isEmpty() ? new Command.Expire() : null);
            default -> throw new IllegalArgumentException(request.getClass().getSimpleName() + " is no request");
        };
    }

    private @Nullable Problem problem(Event request, Asked asked, Instant now) {
        if (!asked.requestId().equals(asked.operation().value())) {
            return invalid("request id '" + Text.printable(asked.requestId(), 100) + "' differs from the id of the"
                    + " operation, '" + asked.operation() + "'");
        }
        if (!isPlain(asked.requestedBy(), 200)) {
            return invalid("nobody is named who asks");
        }
        if (asked.labels().size() > 32
                || !asked.labels().entrySet().stream()
                        .allMatch(label -> isPlain(label.getKey(), 63) && isPlain(label.getValue(), 255))) {
            return invalid("labels are at most 32, with printable names and values");
        }
        Instant latest = request.header().occurredAt().plus(LONGEST_WAIT);
        Instant notAfter = asked.notAfter().isAfter(latest) ? latest : asked.notAfter();
        if (notAfter.isBefore(now)) {
            return new Problem(
                    FailureCode.REQUEST_STALE,
                    "request '" + asked.operation() + "' was to be carried out until " + notAfter + " and was seen at "
                            + now,
                    "Ask again under a new id if it is still wanted.");
        }
        if (databases.apply(asked.database()).isEmpty()) {
            return new Problem(
                    FailureCode.DATABASE_UNKNOWN,
                    "no database is registered under the name '" + asked.database() + "'",
                    "Register it first; GET /api/databases lists the names.");
        }
        return switch (request) {
            case BackupRequested r -> backup(r);
            case RestoreRequested r -> restore(r, now);
            case DrillRequested r -> DrillForm.problem(r);
            case ExpiryRequested r
            when !r.backupIds().isEmpty() -> approval(r.approvalId(), r.operationId(), null, r.requestedBy(), now);
            default -> null;
        };
    }

    private static @Nullable Problem backup(BackupRequested request) {
        List<String> dbnames = request.dbnames();
        return switch (request.type()) {
            case PHYSICAL ->
                dbnames.isEmpty()
                        ? null
                        : invalid("dbnames are named, and a physical backup copies every dbname of the cluster");
            case LOGICAL ->
                isListOfDbnames(dbnames)
                        ? null
                        : invalid("dbnames are at most " + Command.TakeDump.MOST_DBNAMES
                                + ", none twice, each of 1 to 63 bytes without NUL");
            case UNKNOWN -> invalid("the type of backup is not known");
        };
    }

    /// PostgreSQL cuts longer names off at 63 bytes.
    private static boolean isListOfDbnames(List<String> dbnames) {
        return dbnames.size() <= Command.TakeDump.MOST_DBNAMES
                && Set.copyOf(dbnames).size() == dbnames.size()
                && dbnames.stream()
                        .allMatch(dbname -> !dbname.isEmpty()
                                && dbname.indexOf('\0') < 0
                                && dbname.getBytes(StandardCharsets.UTF_8).length <= 63);
    }

    /// Null where the request is refused whatever it says, by [#backup].
    private static @Nullable Command backupCommand(BackupRequested request) {
        return switch (request.type()) {
            case PHYSICAL -> new Command.TakeBackup(request.backupId());
            case LOGICAL ->
                isListOfDbnames(request.dbnames()) ? new Command.TakeDump(request.backupId(), request.dbnames()) : null;
            case UNKNOWN -> null;
        };
    }

    /// A delta restore overwrites what exists and says so by its own field: the worker takes nothing but a stopped
    /// server's directory of the same cluster. Until approvals can be recorded a second person is asked for only
    /// where the request says that it is `destructive` (ADR 16).
    private @Nullable Problem restore(RestoreRequested request, Instant now) {
        Problem malformed = RestoreForm.problem(request);
        Problem wrong = malformed == null ? targets.apply(request).orElse(null) : malformed;
        if (wrong != null || request.validateOnly() || !request.destructive()) {
            return wrong;
        }
        Problem unapproved =
                approval(request.approvalId(), request.operationId(), request.planDigest(), request.requestedBy(), now);
        return unapproved == null && !request.delta() && request.inPlace() == null
                ? notSupported("a restore over what exists that is neither a delta restore nor one in place")
                : unapproved;
    }

    private @Nullable Problem approval(
            @Nullable String approvalId,
            OperationId operation,
            @Nullable String planDigest,
            String requestedBy,
            Instant now) {
        Optional<Approval> approval = approvalId == null ? Optional.empty() : approvals.apply(approvalId);
        boolean good = approval.filter(said -> said.decision() == Decision.GRANTED
                        && said.operationId().equals(operation)
                        && (planDigest == null || planDigest.equals(said.planDigest()))
                        && said.expiresAt().isAfter(now)
                        && (said.breakGlass() || !said.decidedBy().equals(requestedBy)))
                .isPresent();
        return good
                ? null
                : new Problem(
                        FailureCode.APPROVAL_REQUIRED,
                        "'" + operation + "' would destroy something, and no second person has approved it",
                        "Have somebody else approve exactly this plan, then ask under a new id.");
    }

    static Problem invalid(String message) {
        return new Problem(FailureCode.REQUEST_INVALID, message, "Mend the request and send it under a new id.");
    }

    static Problem notSupported(String what) {
        return new Problem(
                FailureCode.NOT_SUPPORTED,
                what + " cannot be carried out by this version",
                "See the release notes for the version that can.");
    }

    static boolean isPlain(String text, int limit) {
        return !text.isBlank() && text.length() <= limit && text.equals(Text.printable(text, limit));
    }

    private static String by(Asked asked) {
        String by = Text.printable(asked.requestedBy(), 200);
        return by.isBlank() ? "unknown" : by;
    }
}

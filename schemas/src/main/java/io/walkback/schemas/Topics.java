package io.walkback.schemas;

import io.walkback.schemas.TopicSpec.Group;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every topic of the platform, by name. Nothing else names one.
public final class Topics {
    public static final String DEAD_LETTER_SUFFIX = "-dlt";

    /// Partitions of a topic that is keyed by database, and of those that share its layout. Never changes.
    public static final int DATABASE_PARTITIONS = 12;

    /// Partitions of topics that are small whatever the fleet: approvals, alerts, audit.
    static final int SMALL_PARTITIONS = 3;

    private static final Duration REQUESTS = Duration.ofDays(7);
    private static final Duration FACTS = Duration.ofDays(30);
    /// Longer than any operation runs and any snapshot may lag: a start is refused where the log begins after it.
    private static final Duration OPERATION_LOG_KEPT = Duration.ofDays(90);
    private static final Duration HEARTBEATS = Duration.ofHours(1);
    private static final Duration AUDIT = Duration.ofDays(400);
    /// A reader that was away for longer than this reads its topic again from the start (F21).
    private static final Duration TOMBSTONES = Duration.ofDays(7);
    /// Nothing is compacted within this time, so that somebody who looks right after an incident sees each step.
    private static final Duration COMPACTION_LAG = Duration.ofHours(1);

    private static final String SCHEDULER = "scheduler-service";
    private static final String BACKUP = "backup-worker";
    private static final String RESTORE = "restore-worker";
    private static final String ALERTING = "alerting-service";
    private static final String CLIENTS = "any permitted client";

    public static final TopicSpec BACKUP_REQUESTED =
            request("backup-requested", "BackupRequested", "A backup is wanted.");
    public static final TopicSpec RESTORE_REQUESTED = request(
            "restore-requested", "RestoreRequested", "A restore is wanted; a destructive one needs an approval.");
    public static final TopicSpec VERIFICATION_REQUESTED =
            request("verification-requested", "VerificationRequested", "What the repository holds is to be read back.");
    public static final TopicSpec DRILL_REQUESTED =
            request("drill-requested", "DrillRequested", "A restore is to be rehearsed.");
    public static final TopicSpec EXPIRY_REQUESTED =
            request("expiry-requested", "ExpiryRequested", "What is no longer kept is to be removed.");

    public static final TopicSpec BACKUP_STARTED =
            fact("backup-started", "BackupStarted", SCHEDULER, "A worker holds the claim.");
    public static final TopicSpec BACKUP_COPIED =
            fact("backup-copied", "BackupCopied", SCHEDULER, "The manifest is committed; WAL may still be missing.");
    public static final TopicSpec BACKUP_COMPLETED =
            fact("backup-completed", "BackupCompleted", SCHEDULER, "The backup can be restored.");
    public static final TopicSpec BACKUP_FAILED =
            fact("backup-failed", "BackupFailed", SCHEDULER, "An attempt failed, or the last one.");
    public static final TopicSpec WAL_SEGMENT_ARCHIVED =
            fact("wal-segment-archived", "WalSegmentArchived", BACKUP, "A WAL segment is durable in the repository.");
    public static final TopicSpec WAL_GAP_DETECTED = fact(
            "wal-gap-detected", "WalGapDetected", List.of(BACKUP, SCHEDULER), "WAL is missing between two positions.");
    public static final TopicSpec WAL_GAP_CLOSED =
            fact("wal-gap-closed", "WalGapClosed", SCHEDULER, "A hole is filled or has become harmless.");
    public static final TopicSpec WAL_EXPIRED =
            fact("wal-expired", "WalExpired", SCHEDULER, "WAL that no kept backup needs is being removed.");
    public static final TopicSpec RESTORE_STARTED =
            fact("restore-started", "RestoreStarted", SCHEDULER, "A worker of the host holds the claim.");
    public static final TopicSpec RESTORE_COMPLETED =
            fact("restore-completed", "RestoreCompleted", SCHEDULER, "The target was reached.");
    public static final TopicSpec RESTORE_FAILED =
            fact("restore-failed", "RestoreFailed", SCHEDULER, "An attempt to restore failed.");
    public static final TopicSpec VERIFICATION_COMPLETED =
            fact("verification-completed", "VerificationCompleted", SCHEDULER, "Everything was read and is right.");
    public static final TopicSpec VERIFICATION_FAILED =
            fact("verification-failed", "VerificationFailed", SCHEDULER, "Something is missing or damaged.");
    public static final TopicSpec DRILL_STARTED =
            fact("drill-started", "DrillStarted", SCHEDULER, "A rehearsal has begun.");
    public static final TopicSpec DRILL_COMPLETED =
            fact("drill-completed", "DrillCompleted", SCHEDULER, "A rehearsal ran to its end and judged.");
    public static final TopicSpec DRILL_FAILED =
            fact("drill-failed", "DrillFailed", SCHEDULER, "A rehearsal could not be carried out.");
    public static final TopicSpec BACKUP_EXPIRED =
            fact("backup-expired", "BackupExpired", SCHEDULER, "A backup's manifest is gone.");
    public static final TopicSpec REPOSITORY_FINDING =
            fact("repository-finding", "RepositoryFinding", BACKUP, "Something stored is not as it must be.");
    public static final TopicSpec COPIES_CHECKED = fact(
            "copies-checked", "CopiesChecked", SCHEDULER, "Backups that are in fewer places than wanted, or none.");
    public static final TopicSpec WAL_CHECKED =
            fact("wal-checked", "WalChecked", SCHEDULER, "WAL that does not become durable in time, or does again.");
    public static final TopicSpec SLOT_CHECKED = fact(
            "slot-checked",
            "SlotChecked",
            BACKUP,
            "A slot keeps so much WAL that its server is in danger, or no more.");
    public static final TopicSpec COMMITS_CHECKED = fact(
            "commits-checked",
            "CommitsChecked",
            BACKUP,
            "Commits wait for their receivers longer than they may, or no more.");

    public static final TopicSpec PROOF_CHECKED = fact(
            "proof-checked",
            "ProofChecked",
            SCHEDULER,
            "How old the proof of a recovery is, and its figures against the objectives.");

    public static final TopicSpec OPERATION_LOG = new TopicSpec(
            "operation-log",
            Group.LOG,
            "database",
            DATABASE_PARTITIONS,
            Cleanup.DELETE,
            OPERATION_LOG_KEPT,
            Duration.ZERO,
            List.of(SCHEDULER, BACKUP, RESTORE),
            "OperationLogRecord",
            "The truth about work. Never compacted: compaction would keep a losing claim and forget the winner.");
    public static final TopicSpec OPERATION_HEARTBEATS = new TopicSpec(
            "operation-heartbeats",
            Group.LOG,
            "database",
            DATABASE_PARTITIONS,
            Cleanup.DELETE,
            HEARTBEATS,
            Duration.ZERO,
            List.of(BACKUP, RESTORE, SCHEDULER),
            "OperationHeartbeat",
            "Holders of operations say that they live, and how far they came.");
    public static final TopicSpec AUDIT_LOG = new TopicSpec(
            "audit-log",
            Group.LOG,
            "writer",
            SMALL_PARTITIONS,
            Cleanup.DELETE,
            AUDIT,
            Duration.ZERO,
            List.of(SCHEDULER, BACKUP, RESTORE, ALERTING),
            "AuditEntry",
            "Who did what; one hash chain per life of a writer.");

    public static final TopicSpec OPERATIONS = state(
            "operations",
            "database/operationId, in the partition of its log record",
            DATABASE_PARTITIONS,
            SCHEDULER,
            "Operation",
            "Operations as folded from the log, with the offset that they stand for. Partitioned as operation-log.");
    public static final TopicSpec BACKUP_CATALOG = state(
            "backup-catalog",
            "database/backupId, in the partition of its log record",
            DATABASE_PARTITIONS,
            SCHEDULER,
            "BackupCatalogEntry",
            "Every backup and where it is in its life. Partitioned as operation-log.");
    public static final TopicSpec RECOVERABILITY = state(
            "recoverability",
            "database",
            DATABASE_PARTITIONS,
            SCHEDULER,
            "Recoverability",
            "Where each database can be walked back to.");
    public static final TopicSpec DRILLS = state(
            "drills",
            "database, in the partition of its log record",
            DATABASE_PARTITIONS,
            SCHEDULER,
            "DrillHistory",
            "The last hundred rehearsals of each database that came to their ends. Partitioned as operation-log.");
    public static final TopicSpec WAL_INDEX = state(
            "wal-index",
            "database/system/timeline/segment, in the partition of the database",
            DATABASE_PARTITIONS,
            SCHEDULER,
            "WalIndexChunk",
            "Which WAL is in the repository, its size and commit times, 1024 segments to a record.");
    public static final TopicSpec DATABASES = state(
            "databases",
            "database",
            DATABASE_PARTITIONS,
            SCHEDULER,
            "DatabaseRegistration",
            "Inventory and policy; never a password.");
    public static final TopicSpec APPROVALS =
            state("approvals", "approvalId", SMALL_PARTITIONS, SCHEDULER, "Approval", "What second persons said.");
    public static final TopicSpec IDEMPOTENCY = state(
            "idempotency",
            "database/key",
            DATABASE_PARTITIONS,
            SCHEDULER,
            "IdempotencyRecord",
            "The first answer to each request.");
    public static final TopicSpec ALERT_STATE = state(
            "alert-state", "alertKey", SMALL_PARTITIONS, ALERTING, "AlertState", "What stands to be told, per cause.");
    public static final TopicSpec ALERT_DELIVERY = state(
            "alert-delivery",
            "alertKey/sink",
            SMALL_PARTITIONS,
            ALERTING,
            "AlertDelivery",
            "How far each sink has been told.");

    private static final List<TopicSpec> ALL = List.of(
            BACKUP_REQUESTED,
            RESTORE_REQUESTED,
            VERIFICATION_REQUESTED,
            DRILL_REQUESTED,
            EXPIRY_REQUESTED,
            BACKUP_STARTED,
            BACKUP_COPIED,
            BACKUP_COMPLETED,
            BACKUP_FAILED,
            WAL_SEGMENT_ARCHIVED,
            WAL_GAP_DETECTED,
            WAL_GAP_CLOSED,
            WAL_EXPIRED,
            RESTORE_STARTED,
            RESTORE_COMPLETED,
            RESTORE_FAILED,
            VERIFICATION_COMPLETED,
            VERIFICATION_FAILED,
            DRILL_STARTED,
            DRILL_COMPLETED,
            DRILL_FAILED,
            BACKUP_EXPIRED,
            REPOSITORY_FINDING,
            COPIES_CHECKED,
            WAL_CHECKED,
            SLOT_CHECKED,
            COMMITS_CHECKED,
            PROOF_CHECKED,
            OPERATION_LOG,
            OPERATION_HEARTBEATS,
            AUDIT_LOG,
            OPERATIONS,
            BACKUP_CATALOG,
            RECOVERABILITY,
            DRILLS,
            WAL_INDEX,
            DATABASES,
            APPROVALS,
            IDEMPOTENCY,
            ALERT_STATE,
            ALERT_DELIVERY);

    private static final Map<String, TopicSpec> BY_NAME = withDeadLetters().stream()
            .collect(Collectors.toMap(TopicSpec::name, Function.identity(), (a, _) -> a, LinkedHashMap::new));

    private Topics() {}

    private static TopicSpec request(String name, String schema, String description) {
        return new TopicSpec(
                name,
                Group.REQUEST,
                "database",
                DATABASE_PARTITIONS,
                Cleanup.DELETE,
                REQUESTS,
                Duration.ZERO,
                List.of(SCHEDULER, CLIENTS),
                schema,
                description);
    }

    private static TopicSpec fact(String name, String schema, String writer, String description) {
        return fact(name, schema, List.of(writer), description);
    }

    private static TopicSpec fact(String name, String schema, List<String> writers, String description) {
        return new TopicSpec(
                name,
                Group.FACT,
                "database",
                DATABASE_PARTITIONS,
                Cleanup.DELETE,
                FACTS,
                Duration.ZERO,
                writers,
                schema,
                description);
    }

    private static TopicSpec state(
            String name, String key, int partitions, String writer, String schema, String description) {
        return new TopicSpec(
                name,
                Group.STATE,
                key,
                partitions,
                Cleanup.COMPACT,
                TOMBSTONES,
                COMPACTION_LAG,
                List.of(writer),
                schema,
                description);
    }

    /// Topics whose records are ours, without dead letters and WAL tails.
    public static List<TopicSpec> all() {
        return ALL;
    }

    /// What is created and checked at start: [#all], and the dead letters of requests and facts, which listeners
    /// read. Logs and state are read by position, and a record there that cannot be read stops its reader instead.
    public static List<TopicSpec> withDeadLetters() {
        Stream<TopicSpec> dead = ALL.stream()
                .filter(t -> t.group() == Group.REQUEST || t.group() == Group.FACT)
                .map(TopicSpec::deadLetters);
        return Stream.concat(ALL.stream(), dead).toList();
    }

    public static Optional<TopicSpec> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /// The topic whose records have this schema.
    public static Optional<TopicSpec> ofSchema(String schema) {
        return ALL.stream().filter(t -> schema.equals(t.schema())).findFirst();
    }

    /// The tail of one database's WAL: one partition, no retention by time or size, trimmed only up to what was
    /// read back from the store. Made when a policy asks for `kafka-tail`, not at start.
    public static TopicSpec walTail(String database) {
        return new TopicSpec(
                "wal-tail." + database,
                Group.LOG,
                "none",
                1,
                Cleanup.DELETE,
                TopicSpec.FOREVER,
                Duration.ZERO,
                List.of(BACKUP),
                null,
                "WAL that is not in the store yet, in sealed batches.");
    }
}

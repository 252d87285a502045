package io.walkback.alerting.rule;

/// A sort of alarm. Its [#id] is the first part of the dedup key, the class of the PagerDuty event and the name of
/// the page in `docs/runbooks`, so it is never renamed.
public enum AlertKind {
    BACKUP_FAILED("backup-failed", "Backup failed", "backup-worker"),
    RESTORE_FAILED("restore-failed", "Restore failed", "restore-worker"),
    /// Somebody overwrote, deleted or unlocked what we had written.
    REPOSITORY_TAMPERED("repository-tampered", "Repository tampered", "backup-worker"),
    /// Something stored is missing or damaged.
    REPOSITORY_DAMAGED("repository-damaged", "Repository damaged", "backup-worker"),
    /// Pages of the database itself do not match their checksums.
    PAGE_CHECKSUM("page-checksum", "Page checksum errors", "backup-worker"),
    /// The repository could not be read back to the end.
    VERIFICATION_FAILED("verification-failed", "Verification failed", "backup-worker"),
    /// A backup has not reached its second place in time.
    COPY_OVERDUE("copy-overdue", "Copy overdue", "backup-worker"),
    /// WAL is missing: there are moments that the database cannot be walked back to.
    WAL_GAP("wal-gap", "WAL is missing", "backup-worker"),
    /// WAL has not become durable for longer than it may.
    WAL_STALLED("wal-stalled", "WAL is stalled", "backup-worker"),
    /// A replication slot keeps so much WAL that the server's disk, or the WAL, is in danger.
    SLOT_FILLING("slot-filling", "Slot fills disk", "backup-worker"),
    /// Commits wait for a receiver, and the application with them.
    COMMITS_BLOCKED("commits-blocked", "Commits are blocked", "backup-worker"),
    /// A rehearsal showed that a backup cannot be recovered, or could not be carried out.
    DRILL_FAILED("drill-failed", "Drill failed", "restore-worker"),
    /// Nothing has shown for too long that the database can be recovered.
    PROOF_OVERDUE("proof-overdue", "Proof overdue", "restore-worker"),
    /// Recovery takes longer, or loses more, than is promised.
    OBJECTIVE_MISSED("objective-missed", "Objective missed", "restore-worker"),
    SINK_BROKEN("sink-broken", "Alert sink broken", "alerting-service");

    private final String id;
    private final String title;
    private final String component;

    AlertKind(String id, String title, String component) {
        this.id = id;
        this.title = title;
        this.component = component;
    }

    public String id() {
        return id;
    }

    /// Three words at most, for headlines.
    public String title() {
        return title;
    }

    /// The process that a person looks at first.
    public String component() {
        return component;
    }

    /// Name of the page in `docs/runbooks`, without its suffix.
    public String runbook() {
        return id;
    }
}

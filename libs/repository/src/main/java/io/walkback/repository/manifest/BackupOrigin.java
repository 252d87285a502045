package io.walkback.repository.manifest;

/// Where a backup's files came from.
public enum BackupOrigin {
    /// A running server's base backup, with a `backup_label`.
    SERVER(1),
    /// A copy that was stopped while recovering: no label, WAL needed from the REDO position through
    /// minRecoveryPoint.
    RECOVERY(2),
    /// What `pg_dump` and `pg_dumpall` said: rows and no pages. Recovery never starts from it, and it needs no WAL.
    DUMP(3);

    private final int number;

    BackupOrigin(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}

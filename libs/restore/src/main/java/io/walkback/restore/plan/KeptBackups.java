package io.walkback.restore.plan;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.LineageRepository;
import java.util.ArrayList;
import java.util.List;

/// The backups of one database that a restore may begin with.
record KeptBackups(LineageRepository lineage, DatabaseId database) {
    /// Logical backups are none: WAL does not apply to rows.
    List<Candidate> candidates() {
        List<Candidate> all = new ArrayList<>();
        for (BackupId id : lineage.backups()) {
            lineage.findBackup(id)
                    .filter(summary -> !summary.facts().isLogical())
                    .map(Candidate::of)
                    .ifPresent(all::add);
        }
        return all;
    }

    void refuseLogical(BackupId backup) {
        if (lineage.findBackup(backup)
                .filter(summary -> summary.facts().isLogical())
                .isPresent()) {
            throw new OperatorActionException(
                    FailureCode.NOT_SUPPORTED,
                    "backup " + backup + " of database '" + database
                            + "' is logical, and recovery starts from physical backups only",
                    "Leave out the backup to let the target choose one; docs/logical-backups.md says how rows are"
                            + " taken out of this one.");
        }
    }

    OperatorActionException unknown(BackupId backup) {
        return new OperatorActionException(
                FailureCode.BACKUP_UNKNOWN,
                "database '" + database + "' has no backup " + backup,
                "List the backups; this one may have expired, or belongs to an earlier cluster of that name.");
    }
}

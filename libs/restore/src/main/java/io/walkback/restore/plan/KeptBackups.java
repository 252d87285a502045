package io.walkback.restore.plan;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.LineageRepository;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The backups of one database that a restore may begin with.
record KeptBackups(LineageRepository lineage, DatabaseId database) {
    /// Logical backups are none: WAL does not apply to rows. One whose manifest is damaged is none either, and the
    /// others restore all the same (F26). Where it is the one that is wanted, or the only one, the damage is
    /// thrown.
    ///
    /// @param wanted null: any
    /// @param notes takes what was passed over
    List<Candidate> candidates(@Nullable BackupId wanted, List<String> notes) {
        List<Candidate> all = new ArrayList<>();
        CorruptDataException damage = null;
        for (BackupId id : lineage.backups()) {
            try {
                lineage.findBackup(id)
                        .filter(summary -> !summary.facts().isLogical())
                        .map(Candidate::of)
                        .ifPresent(all::add);
            } catch (CorruptDataException damaged) {
                if (id.equals(wanted)) {
                    throw damaged;
                }
                damage = damaged;
                notes.add("backup " + id + " was passed over: " + damaged.text());
            }
        }
        if (all.isEmpty() && damage != null) {
            throw damage;
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

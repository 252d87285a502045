package io.walkback.domain.operation;

import io.walkback.domain.Lsn;
import java.time.Instant;

/// Where a recovery ends.
public sealed interface RecoveryTarget {
    /// The end of all WAL in the repository.
    record Latest() implements RecoveryTarget {}

    /// As soon as the backup is consistent: its stop position.
    record Immediate() implements RecoveryTarget {}

    /// The last transaction that committed at or before `time`.
    record Time(Instant time) implements RecoveryTarget {}

    /// Just after the record at `lsn`.
    record Position(Lsn lsn) implements RecoveryTarget {}

    /// Just after the commit of transaction `xid`, the 32-bit number that PostgreSQL's `recovery_target_xid` takes.
    record Transaction(String xid) implements RecoveryTarget {}

    /// The restore point made by `pg_create_restore_point`.
    record RestorePoint(String name) implements RecoveryTarget {}

    /// As the API and plans write it: `latest`, `immediate`, `time 2026-05-01T02:00:00Z`, `lsn 0/5000028`, `xid 742`,
    /// `name before_import`.
    default String text() {
        return switch (this) {
            case Latest _ -> "latest";
            case Immediate _ -> "immediate";
            case Time(Instant time) -> "time " + time;
            case Position(Lsn lsn) -> "lsn " + lsn;
            case Transaction(String xid) -> "xid " + xid;
            case RestorePoint(String name) -> "name " + name;
        };
    }
}

package io.walkback.repository.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;

/// The operation log as an expiry needs it. Each method returns when what it says stands in the log, and throws
/// [InterruptedException] when the expiry is over for this process.
public interface ExpiryLog {
    /// What came of a mark.
    enum Mark {
        /// It stands, now or since an earlier expiry. No claim that pins the backup is valid any more.
        MARKED,
        /// Something that lives needs the backup: a restore that reads it, a backup that builds on it, a hold.
        NEEDED
    }

    /// Marks a backup as expiring.
    Mark mark(BackupId backup) throws InterruptedException;

    /// Says that the manifest of a marked backup is gone.
    void expired(BackupId backup, String reason) throws InterruptedException;

    /// Says that WAL of a cluster, whole segments, is about to go.
    ///
    /// @param to first position after it
    void walGoes(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) throws InterruptedException;

    /// Throws unless this expiry still holds its claim, by a recent renewal. Asked before each batch of deletes.
    void requireHeld() throws InterruptedException;
}

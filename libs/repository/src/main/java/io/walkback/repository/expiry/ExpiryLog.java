package io.walkback.repository.expiry;

import io.walkback.domain.BackupId;

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

    /// Throws unless this expiry still holds its claim, by a recent renewal. Asked before each batch of deletes.
    void requireHeld() throws InterruptedException;
}

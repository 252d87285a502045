package io.walkback.restore;

import io.walkback.domain.Lsn;
import org.jspecify.annotations.Nullable;

/// Hears how far a restore came. Called from several threads, and often: implementations are quick and thread-safe.
@FunctionalInterface
public interface RestoreProgress {
    /// @param phase planning, fetching, comparing, syncing, recovering, opening
    /// @param done bytes of the phase
    /// @param total null when not known
    /// @param lsn how far WAL was handed out, null before that
    void at(String phase, long done, @Nullable Long total, @Nullable Lsn lsn);

    /// In place of [#at] while files that are there are compared with the backup.
    ///
    /// @param done bytes that are right by now
    /// @param kept how many of these were right before; the others were fetched
    /// @param total bytes of all files
    default void comparing(long done, long kept, long total) {
        at("comparing", done, total, null);
    }

    /// Called once, right before the copy counts as complete. Whoever may have lost the right to go on waits or
    /// throws here.
    default void beforeOpening() throws InterruptedException {}
}

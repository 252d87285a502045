package io.walkback.restore;

import io.walkback.domain.Lsn;
import org.jspecify.annotations.Nullable;

/// Hears how far a restore came. Called from several threads, and often: implementations are quick and thread-safe.
@FunctionalInterface
public interface RestoreProgress {
    /// @param phase planning, fetching, syncing, recovering, opening
    /// @param done bytes of the phase
    /// @param total null when not known
    /// @param lsn how far WAL was handed out, null before that
    void at(String phase, long done, @Nullable Long total, @Nullable Lsn lsn);

    /// Called once, right before the copy counts as complete. Whoever may have lost the right to go on waits or
    /// throws here.
    default void beforeOpening() throws InterruptedException {}
}

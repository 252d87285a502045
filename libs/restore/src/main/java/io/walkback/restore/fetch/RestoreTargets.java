package io.walkback.restore.fetch;

import io.walkback.embedded.ServerAccount;
import io.walkback.restore.plan.RestorePlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The directories that one restore writes, the data directory and its tablespaces': checked, claimed by a marker
/// in each, and free again when the restore is complete.
public sealed interface RestoreTargets permits TargetDirectories, DeltaDirectories {
    /// @param delta whether the restore may go over a data directory that is there
    static RestoreTargets of(String operation, RestorePlan plan, boolean delta) {
        return delta ? new DeltaDirectories(operation, plan) : new TargetDirectories(operation, plan);
    }

    /// Refuses what this restore must not touch, and too little space: `TARGET_SPACE`. Writes nothing.
    void check();

    /// Makes the directories this restore's, so that no server starts there. The caller holds the host's lock.
    ///
    /// @param account owns them from now on; empty: this process's own
    void claim(Optional<ServerAccount> account) throws InterruptedException;

    /// Whether the claimed directories hold files that may be the backup's.
    boolean hasFiles();

    /// Takes the markers away, the data directory's last.
    void complete();

    /// Every directory, the data directory first.
    List<Path> all();
}

package io.walkback.restore.fetch;

import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.operation.Command;
import io.walkback.domain.plan.PlannedRestore.Room;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.plan.RestorePlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The directories that one restore writes, the data directory and its tablespaces': checked, claimed by a marker
/// in each, and free again when the restore is complete.
public sealed interface RestoreTargets permits TargetDirectories, DeltaDirectories, InPlaceDirectories {
    /// @param delta whether the restore may go over a data directory that is there
    static RestoreTargets of(String operation, RestorePlan plan, boolean delta) {
        return delta ? new DeltaDirectories(operation, plan) : new TargetDirectories(operation, plan);
    }

    /// As the command says: into empty directories, over what is there, or in its place.
    static RestoreTargets of(String operation, RestorePlan plan, Command.Restore command) {
        if (command.inPlace() != null) {
            return new InPlaceDirectories(operation, plan, command.inPlace().stopHook() != null);
        }
        return of(operation, plan, command.delta());
    }

    /// Refuses what this restore must not touch. Writes nothing.
    void checkDirectories();

    /// What each filesystem must take and has.
    List<Room> rooms();

    /// Refuses what this restore must not touch, and too little space: `TARGET_SPACE`. Writes nothing.
    default void check() {
        checkDirectories();
        Space.require(rooms());
    }

    /// Makes the directories this restore's, so that no server starts there. The caller holds the host's lock.
    ///
    /// @param account owns them from now on; empty: this process's own
    void claim(Optional<ServerAccount> account) throws InterruptedException;

    /// Whether the claimed directories hold files that may be the backup's.
    boolean hasFiles();

    /// Called when every file but `pg_control` is there.
    default void fetched(Optional<ServerAccount> account) {}

    /// Takes the markers away, the data directory's last.
    void complete();

    /// Every directory, the data directory first.
    List<Path> all();

    /// The cluster whose unfinished delta restore a directory holds; empty for any other directory. It has no
    /// `pg_control` that would tell.
    static Optional<SystemIdentifier> unfinishedDelta(Path directory) {
        return Marker.in(directory).map(Marker::delta);
    }
}

package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.plan.PlannedRestore.Room;
import io.walkback.embedded.ServerAccount;
import io.walkback.postgres.control.ControlFile;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The directories of a restore that goes over what is there.
///
/// The data directory may be empty or absent; hold a stopped server of the backup's own cluster, by the system
/// identifier in its `pg_control`; or hold the unfinished delta restore of that cluster, whoever began it: every
/// byte is compared anyhow, so nothing depends on what the other one did. A tablespace's directory may be empty or
/// absent, or be where the data directory's own link of that number leads, or hold such a marker. Anything else is
/// refused.
///
/// ```
///  marker in each directory, durable ──> pg_control away, durable ──> files ...
/// ```
///
/// From the second step on no server starts there, and from the first one on nobody but a delta restore of the same
/// cluster takes the directory.
final class DeltaDirectories implements RestoreTargets {
    private final String operation;
    private final RestorePlan plan;
    private final List<Path> all;
    private boolean files;

    DeltaDirectories(String operation, RestorePlan plan) {
        this.operation = operation;
        this.plan = plan;
        this.all = TargetDirectories.of(plan);
    }

    /// Refuses with `SYSTEM_IDENTIFIER_MISMATCH`, with both identifiers, what belongs to another cluster; with
    /// `TARGET_NOT_EMPTY` a running server (F55) and what is no data directory.
    @Override
    public void checkDirectories() {
        all.forEach(TargetDirectories::requireDirectory);
        checkData(plan.directory());
        for (TablespacePlan tablespace : plan.tablespaces()) {
            checkTablespace(tablespace);
        }
    }

    @Override
    public List<Room> rooms() {
        return Space.rooms(TargetDirectories.needed(plan), Files::isDirectory);
    }

    private void checkData(Path directory) {
        Optional<Marker> marker = Marker.in(directory);
        Optional<Postmaster> server = Postmaster.of(directory);
        if (server.isPresent() && !isUnfinishedDelta(marker)) {
            throw refused(
                    directory,
                    "holds a running PostgreSQL server, process " + server.get().pid(),
                    "Stop it first; nothing was changed.");
        }
        if (marker.isPresent()) {
            SystemIdentifier begun = marker.get().delta();
            if (begun == null) {
                throw refused(
                        directory,
                        "holds the unfinished restore of operation "
                                + marker.get().operation() + ", which is no delta restore",
                        "Let that operation end, or empty the directory.");
            }
            require(directory, begun);
        } else if (TargetDirectories.firstEntry(directory).isPresent()) {
            require(directory, identifier(directory));
        }
    }

    private void require(Path directory, SystemIdentifier found) {
        if (!found.equals(plan.system())) {
            throw new OperatorActionException(
                    FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                    "'" + directory + "' holds cluster " + found + ", and backup " + plan.backup() + " is of cluster "
                            + plan.system(),
                    "Nothing was changed. Name the directory of this database, or an empty one.");
        }
    }

    static SystemIdentifier identifier(Path directory) {
        Path control = directory.resolve("global/pg_control");
        try {
            if (!Files.isDirectory(directory.resolve("global"), LinkOption.NOFOLLOW_LINKS)
                    || !Files.isRegularFile(control, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(control) > ControlFile.FILE_SIZE) {
                throw refused(
                        directory,
                        "is not empty and has no global/pg_control, so it is no data directory",
                        "Nothing was changed. Name a data directory, or an empty one.");
            }
            return ControlFile.parse(Files.readAllBytes(control)).systemIdentifier();
        } catch (IOException failure) {
            throw FileFailures.of("read", control, failure);
        } catch (PlatformException unreadable) {
            throw refused(
                    directory,
                    "cannot be told from other clusters: " + unreadable.text(),
                    "Nothing was changed. Restore into an empty directory.");
        }
    }

    private void checkTablespace(TablespacePlan tablespace) {
        Path directory = tablespace.to();
        Optional<Marker> marker = Marker.in(directory);
        if (marker.isPresent()) {
            if (!plan.system().equals(marker.get().delta())) {
                throw refused(
                        directory,
                        "holds the unfinished restore of operation "
                                + marker.get().operation(),
                        "Let that operation end, or empty the directory.");
            }
        } else if (TargetDirectories.firstEntry(directory).isPresent() && !isLinked(plan, tablespace)) {
            throw refused(
                    directory,
                    "is not empty, and no link of '" + plan.directory() + "' says that tablespace " + tablespace.name()
                            + " is there",
                    "Nothing was changed. Map the tablespace to where it is, or to an empty directory.");
        }
    }

    static boolean isLinked(RestorePlan plan, TablespacePlan tablespace) {
        Path link = plan.directory().resolve("pg_tblspc").resolve(tablespace.name());
        try {
            return Files.isSymbolicLink(link)
                    && Files.isDirectory(link.resolveSibling("."), LinkOption.NOFOLLOW_LINKS)
                    && Files.exists(link)
                    && Files.isSameFile(link, tablespace.to());
        } catch (IOException failure) {
            throw FileFailures.of("resolve", link, failure);
        }
    }

    @Override
    public void claim(Optional<ServerAccount> account) throws InterruptedException {
        check();
        Path data = plan.directory();
        // Only a restore starts a server in a directory that is marked, and none holds the lock of the host but this.
        if (isUnfinishedDelta(Marker.in(data))) {
            Postmaster.endOrphan(data);
        }
        files = all.stream()
                .anyMatch(directory -> TargetDirectories.firstEntry(directory).isPresent());
        for (Path directory : all) {
            TargetDirectories.mark(directory, new Marker(operation, plan.system()), account);
        }
        Path global = data.resolve("global");
        try {
            // A link in the place of the directory leads elsewhere; it goes with all that is no directory.
            if (Files.isDirectory(global, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(global.resolve("pg_control"));
                Marker.force(global);
            }
        } catch (IOException failure) {
            throw FileFailures.of("take pg_control from", global, failure);
        }
        KillPoint.at(KillPoint.RESTORE_DELTA_CLAIMED);
    }

    @Override
    public boolean hasFiles() {
        return files;
    }

    @Override
    public void complete() {
        TargetDirectories.unmark(all);
    }

    @Override
    public List<Path> all() {
        return all;
    }

    private static boolean isUnfinishedDelta(Optional<Marker> marker) {
        return marker.map(Marker::delta).isPresent();
    }

    private static OperatorActionException refused(Path directory, String why, String hint) {
        return new OperatorActionException(FailureCode.TARGET_NOT_EMPTY, "'" + directory + "' " + why, hint);
    }
}

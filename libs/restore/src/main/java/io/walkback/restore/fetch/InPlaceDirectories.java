package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.plan.PlannedRestore.Room;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The directories of a restore that takes the place of a cluster: which of them are set aside, and then, absent,
/// written as in any restore.
///
/// Set aside are the data directory; where `pg_wal` in it is a link, the directory that it leads to; and each
/// tablespace's directory that the restore will write. All are renamed within their parent, so nothing is copied,
/// and none of the siblings lies in a data directory or a tablespace: no base backup ever reads one.
public final class InPlaceDirectories implements RestoreTargets {
    private final RestorePlan plan;
    private final boolean stops;
    private final TargetDirectories into;
    private final String tag;
    private final @Nullable Path wal;

    /// @param stops whether something stops the server that runs there, before anything is moved
    public InPlaceDirectories(String operation, RestorePlan plan, boolean stops) {
        this.plan = plan;
        this.stops = stops;
        this.into = new TargetDirectories(operation, plan);
        this.tag = UUID.nameUUIDFromBytes(operation.getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 8);
        this.wal = linkedWal(plan.directory().resolve("pg_wal"));
    }

    @Override
    public void checkDirectories() {
        into.all().forEach(TargetDirectories::requireDirectory);
        Path data = plan.directory();
        Optional<Postmaster> server = Postmaster.of(data);
        if (server.isPresent() && !stops) {
            throw refused(
                    FailureCode.TARGET_NOT_EMPTY,
                    data,
                    "holds a running PostgreSQL server, process " + server.get().pid(),
                    "Stop it first, or name a stop hook.");
        }
        if (TargetDirectories.firstEntry(data).isPresent()) {
            requireCluster(data);
        }
        for (TablespacePlan tablespace : plan.tablespaces()) {
            if (TargetDirectories.firstEntry(tablespace.to()).isPresent()) {
                requireTablespace(tablespace);
            }
        }
        moves().forEach(move -> requireMovable(move.from()));
    }

    private void requireCluster(Path data) {
        Optional<Marker> marker = Marker.in(data);
        if (marker.isPresent()) {
            throw refused(
                    FailureCode.TARGET_NOT_EMPTY,
                    data,
                    "holds the unfinished restore of operation " + marker.get().operation(),
                    "Let that operation end, or empty the directory.");
        }
        SystemIdentifier found = DeltaDirectories.identifier(data);
        if (!found.equals(plan.system())) {
            throw refused(
                    FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                    data,
                    "holds cluster " + found + ", and backup " + plan.backup() + " is of cluster " + plan.system(),
                    "Name the directory of this database, or an empty one.");
        }
    }

    private void requireTablespace(TablespacePlan tablespace) {
        if (!DeltaDirectories.isLinked(plan, tablespace)) {
            throw refused(
                    FailureCode.TARGET_NOT_EMPTY,
                    tablespace.to(),
                    "is not empty, and no link of '" + plan.directory() + "' says that tablespace " + tablespace.name()
                            + " is there",
                    "Map the tablespace to where it is, or to an empty directory.");
        }
        try (Stream<Path> entries = Files.list(tablespace.to())) {
            Optional<Path> foreign = entries.filter(
                            entry -> !entry.getFileName().toString().startsWith("PG_" + plan.major() + "_"))
                    .findFirst();
            if (foreign.isPresent()) {
                throw refused(
                        FailureCode.TARGET_NOT_EMPTY,
                        tablespace.to(),
                        "holds '" + foreign.get().getFileName() + "', which is not this cluster's",
                        "It would be moved away from whoever uses it. Map the tablespace to an empty directory.");
            }
        } catch (IOException unreadable) {
            throw FileFailures.of("read", tablespace.to(), unreadable);
        }
    }

    /// A mount point cannot be renamed, and a copy of it would need its size again on another filesystem.
    private void requireMovable(Path directory) {
        try {
            Path parent = directory.resolveSibling(".");
            if (!Files.getAttribute(directory, "unix:dev").equals(Files.getAttribute(parent, "unix:dev"))) {
                throw refused(
                        FailureCode.TARGET_SPACE,
                        directory,
                        "is a mount point and cannot be set aside beside itself, and its " + DirectorySize.of(directory)
                                + " bytes are not copied elsewhere",
                        "Use --delta, which needs no second copy and has no way back, or restore into another"
                                + " directory, which needs "
                                + TargetDirectories.needed(plan).values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()
                                + " bytes.");
            }
        } catch (IOException failure) {
            throw FileFailures.of("look at", directory, failure);
        }
    }

    /// What is set aside, the data directory first; empty directories and absent ones are not.
    public List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        for (Path directory : into.all()) {
            if (TargetDirectories.firstEntry(directory).isPresent()) {
                moves.add(Move.of(directory, tag));
            }
        }
        if (wal != null) {
            moves.add(Move.of(wal, tag));
        }
        return moves;
    }

    /// Everything that is set aside stays, so it must all fit beside it.
    @Override
    public List<Room> rooms() {
        return Space.rooms(TargetDirectories.needed(plan), _ -> false);
    }

    @Override
    public void claim(Optional<ServerAccount> account) throws InterruptedException {
        into.claim(account);
    }

    @Override
    public boolean hasFiles() {
        return false;
    }

    /// Where WAL had a place of its own it has it again.
    @Override
    public void fetched(Optional<ServerAccount> account) {
        if (wal == null) {
            return;
        }
        Path fetched = plan.directory().resolve("pg_wal");
        try {
            Files.createDirectory(
                    wal, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (Stream<Path> entries = Files.list(fetched)) {
                for (Path entry : entries.filter(Files::isDirectory).toList()) {
                    Files.createDirectory(
                            wal.resolve(entry.getFileName()),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                }
            }
            account.ifPresent(user -> user.own(wal));
            LocalFile.remove(fetched);
            Files.createSymbolicLink(fetched, wal);
            account.ifPresent(user -> user.own(fetched));
        } catch (IOException failure) {
            throw FileFailures.of("put pg_wal into", wal, failure);
        }
    }

    @Override
    public void complete() {
        into.complete();
    }

    @Override
    public List<Path> all() {
        return wal == null
                ? into.all()
                : Stream.concat(into.all().stream(), Stream.of(wal)).toList();
    }

    private static @Nullable Path linkedWal(Path link) {
        try {
            return Files.isSymbolicLink(link) && Files.isDirectory(link) ? link.toRealPath() : null;
        } catch (IOException failure) {
            throw FileFailures.of("resolve", link, failure);
        }
    }

    private static OperatorActionException refused(FailureCode code, Path directory, String why, String hint) {
        return new OperatorActionException(code, "'" + directory + "' " + why, "Nothing was changed. " + hint);
    }
}

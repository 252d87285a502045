package io.walkback.restore.fetch;

import io.walkback.domain.KillPoint;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Writes the files of one backup. Directories are made as the manifest names them, files are written by a bounded
/// number of threads, and whatever fails stops everything.
///
/// Each byte was checked by [BackupReader] before it is written. Modes and times are the manifest's; the owner is
/// the account that will run the server, since numbers of the source's host mean nothing here.
public final class FileFetch implements Fetching {
    /// Files written at once. Each takes some 600 KiB; more than two a core does not help a local store, and hides
    /// the latency of a remote one well enough.
    private static final int IN_FLIGHT = Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 4, 16);

    private final RestorePlan plan;
    private final BackupReader backup;
    private final RestoreProgress progress;
    private final Placement placement;
    private final Map<Path, DirectWrites> writes = new ConcurrentHashMap<>();
    private final AtomicLong written = new AtomicLong();
    private final List<Dated> directories = new ArrayList<>();
    private ManifestEntry.@Nullable File control;

    private record Dated(Path path, EntryAttributes attributes) {}

    public FileFetch(RestorePlan plan, BackupReader backup, Optional<ServerAccount> account, RestoreProgress progress) {
        this.plan = plan;
        this.backup = backup;
        this.progress = progress;
        this.placement = new Placement(plan, backup, account);
    }

    @Override
    public long run() throws InterruptedException {
        try (BoundedScope files = new BoundedScope(IN_FLIGHT);
                EntryStream entries = backup.entries()) {
            while (entries.hasNext()) {
                entry(entries.next(), files);
            }
            files.join();
        }
        placement.compareLabels();
        // Files that were created since have changed the times of their directories.
        for (Dated directory : directories.reversed()) {
            placement.finish(directory.path(), directory.attributes());
        }
        return written.get();
    }

    @Override
    public void placeControlFile() {
        placement.putControlFile(control);
    }

    /// Null: the directories were empty.
    @Override
    public @Nullable Long kept() {
        return null;
    }

    private void entry(ManifestEntry entry, BoundedScope files) throws InterruptedException {
        switch (entry) {
            case ManifestEntry.Tablespace _ -> {}
            case ManifestEntry.Directory directory -> directory(directory);
            case ManifestEntry.SymbolicLink link -> link(link);
            case ManifestEntry.File file -> {
                if (Placement.isControlFile(file)) {
                    control = file;
                } else if (placement.isWanted(file)) {
                    files.fork(() -> write(file, placement.of(file.path())));
                }
            }
        }
    }

    private void directory(ManifestEntry.Directory directory) {
        Path path = placement.of(directory.path());
        try {
            if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            directories.add(new Dated(path, directory.attributes()));
        } catch (IOException failure) {
            throw FileFailures.of("create", path, failure);
        }
    }

    private void link(ManifestEntry.SymbolicLink link) {
        Path path = placement.of(link);
        try {
            Files.createSymbolicLink(path, placement.target(link));
            placement.own(path);
        } catch (IOException failure) {
            throw FileFailures.of("create", path, failure);
        }
    }

    private OutputStream create(ManifestEntry.File file, Path path) throws IOException {
        Path root = plan.tablespaces().stream()
                .map(TablespacePlan::to)
                .filter(path::startsWith)
                .findFirst()
                .orElse(plan.directory());
        return writes.computeIfAbsent(root, this::tried).create(path, file.size());
    }

    private DirectWrites tried(Path root) {
        try {
            return DirectWrites.in(root);
        } catch (IOException failure) {
            throw FileFailures.of("write into", root, failure);
        }
    }

    private void write(ManifestEntry.File file, Path path) {
        try (OutputStream out = create(file, path)) {
            backup.copyTo(file, out);
            KillPoint.at(KillPoint.RESTORE_MID_FETCH);
        } catch (IOException failure) {
            throw FileFailures.of("write", path, failure);
        }
        placement.finish(path, file.attributes());
        progress.at("fetching", written.addAndGet(file.size()), plan.bytes(), null);
    }
}

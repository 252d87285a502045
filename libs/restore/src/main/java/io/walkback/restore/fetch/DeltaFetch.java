package io.walkback.restore.fetch;

import io.walkback.domain.KillPoint;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.backup.ExtentComparison;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.plan.RestorePlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the files of one backup out of those that are there, and fetches only what they lack.
///
/// ```
///  what is not in the backup goes ──> directories and links ──> each file: kind, length, extents ──> owner, mode,
///  time
/// ```
///
/// An extent of a file is kept if its bytes have the digest by which the backup names it. Nothing else counts: not
/// its time (pitfall 31), not its length, not what an earlier attempt wrote (pitfall 50). Any other is fetched,
/// each byte checked, and the pages that differ are written where they belong. A file that is right is not written
/// to, and neither are its times.
///
/// Links never lead out of the directories: a link in the place of a file or a directory is replaced. That goes for
/// `pg_wal` too: it becomes a directory, as in every restore, and where the link led to is left as it was. A link
/// of
/// `pg_tblspc` stays if it leads to where the plan has the tablespace.
///
/// Memory: some 3 MiB for each of at most 16 threads, and a hash for each path.
public final class DeltaFetch implements Fetching {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaFetch.class);

    private static final int IN_FLIGHT = Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 4, 16);

    /// Extents that one task compares: a relation's file of 1 GiB is shared among threads, and the list of what it
    /// lacks stays short.
    private static final int STRIPE = 64;

    private final RestorePlan plan;
    private final BackupReader backup;
    private final RestoreProgress progress;
    private final Placement placement;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong kept = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final List<Dated> directories = new ArrayList<>();
    private final Set<Path> made = new HashSet<>();
    private final ConcurrentLinkedQueue<Bench> benches = new ConcurrentLinkedQueue<>();
    private ManifestEntry.@Nullable File control;

    private record Dated(Path path, EntryAttributes attributes) {}

    /// What one thread compares with; reused.
    private static final class Bench {
        private final ExtentComparison comparison;
        private final byte[] bytes = new byte[Extents.EXTENT];

        Bench(ExtentComparison comparison) {
            this.comparison = comparison;
        }
    }

    public DeltaFetch(
            RestorePlan plan, BackupReader backup, Optional<ServerAccount> account, RestoreProgress progress) {
        this.plan = plan;
        this.backup = backup;
        this.progress = progress;
        this.placement = new Placement(plan, backup, account);
        plan.tablespaces().forEach(tablespace -> made.add(tablespace.to()));
        made.add(plan.directory());
    }

    @Override
    public long run() throws InterruptedException {
        long removed = new Leftovers(plan, wanted()).remove();
        try (BoundedScope files = new BoundedScope(IN_FLIGHT);
                EntryStream entries = backup.entries()) {
            while (entries.hasNext()) {
                entry(entries.next(), files);
            }
            files.join();
        }
        placement.compareLabels();
        // Files that came and went since have changed the times of their directories.
        for (Dated directory : directories.reversed()) {
            placement.settle(directory.path(), directory.attributes());
        }
        LOG.atInfo()
                .addKeyValue("backupId", plan.backup())
                .addKeyValue("directory", plan.directory())
                .addKeyValue("bytes", done)
                .addKeyValue("kept", kept)
                .addKeyValue("written", written)
                .addKeyValue("removed", removed)
                .log("data directory made the backup's");
        return done.get();
    }

    @Override
    public void placeControlFile() {
        placement.putControlFile(control);
    }

    @Override
    public Long kept() {
        return kept.get();
    }

    private PathSet wanted() {
        PathSet wanted = new PathSet();
        try (EntryStream entries = backup.entries()) {
            while (entries.hasNext()) {
                switch (entries.next()) {
                    case ManifestEntry.Tablespace _ -> {}
                    case ManifestEntry.Directory directory ->
                        wanted.add(directory.path().value());
                    case ManifestEntry.SymbolicLink link ->
                        wanted.add(link.path().value());
                    case ManifestEntry.File file -> {
                        if (placement.isWanted(file)) {
                            wanted.add(file.path().value());
                        }
                    }
                }
            }
        }
        return wanted;
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
                    file(file, files);
                }
            }
        }
    }

    private void directory(ManifestEntry.Directory directory) {
        Path path = placement.of(directory.path());
        requireParent(path, directory.path().value());
        try {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    LOG.atInfo().addKeyValue("path", path).log("something else is replaced by a directory");
                    LocalFile.remove(path);
                }
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            made.add(path);
            directories.add(new Dated(path, directory.attributes()));
        } catch (IOException failure) {
            throw FileFailures.of("create", path, failure);
        }
    }

    private void link(ManifestEntry.SymbolicLink link) {
        Path path = placement.of(link);
        Path target = placement.target(link);
        requireParent(path, link.path().value());
        try {
            boolean there = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
            if (there
                    && Files.isSymbolicLink(path)
                    && Files.readSymbolicLink(path).equals(target)) {
                return;
            }
            if (there) {
                LOG.atInfo()
                        .addKeyValue("path", path)
                        .addKeyValue("target", target)
                        .log("tablespace link is replaced");
                LocalFile.remove(path);
            }
            Files.createSymbolicLink(path, target);
            placement.own(path);
        } catch (IOException failure) {
            throw FileFailures.of("create", path, failure);
        }
    }

    /// A directory that was not made sure of may be a link that leads elsewhere.
    private void requireParent(Path path, String name) {
        if (!made.contains(path.getParent()) && !made.contains(path)) {
            throw placement.damaged("has '" + name + "' in a directory that it does not have");
        }
    }

    private void file(ManifestEntry.File file, BoundedScope files) throws InterruptedException {
        Path path = placement.of(file.path());
        requireParent(path, file.path().value());
        int extents = file.extents().size();
        if (extents <= STRIPE) {
            files.fork(() -> {
                prepare(file, path);
                compare(file, path, 0, extents);
                placement.settle(path, file.attributes());
            });
            return;
        }
        prepare(file, path);
        AtomicInteger stripes = new AtomicInteger((extents + STRIPE - 1) / STRIPE);
        for (int from = 0; from < extents; from += STRIPE) {
            int first = from;
            files.fork(() -> {
                compare(file, path, first, Math.min(first + STRIPE, extents));
                if (stripes.decrementAndGet() == 0) {
                    placement.settle(path, file.attributes());
                }
            });
        }
    }

    private static void prepare(ManifestEntry.File file, Path path) {
        try {
            LocalFile.prepare(path, file.size());
        } catch (IOException failure) {
            throw FileFailures.of("prepare", path, failure);
        }
    }

    private void compare(ManifestEntry.File file, Path path, int from, int to) {
        Bench idle = benches.poll();
        Bench bench = idle == null ? new Bench(backup.comparison()) : idle;
        int[] lacking = new int[to - from];
        int count = 0;
        try (FileChannel channel = LocalFile.open(path)) {
            for (int i = from; i < to; i++) {
                FileExtent extent = file.extents().get(i);
                int length = LocalFile.read(channel, (long) i * Extents.EXTENT, bench.bytes, extent.length());
                if (bench.comparison.isContent(extent, bench.bytes, length)) {
                    kept.addAndGet(length);
                    tell(length);
                } else {
                    lacking[count++] = i;
                }
            }
            if (count > 0) {
                int[] ordinals = Arrays.copyOf(lacking, count);
                List<FileExtent> extents =
                        Arrays.stream(ordinals).mapToObj(file.extents()::get).toList();
                PatchOutput out = new PatchOutput(channel, ordinals, extents, bench.bytes);
                backup.copyTo(extents, out);
                written.addAndGet(out.written());
                KillPoint.at(KillPoint.RESTORE_MID_FETCH);
                tell(extents.stream().mapToLong(FileExtent::length).sum());
            }
        } catch (IOException failure) {
            throw FileFailures.of("write", path, failure);
        } finally {
            benches.add(bench);
        }
    }

    private void tell(long bytes) {
        progress.comparing(done.addAndGet(bytes), kept.get(), plan.bytes());
    }
}

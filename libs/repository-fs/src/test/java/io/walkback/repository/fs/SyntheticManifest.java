package io.walkback.repository.fs;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.PageMap;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupStatistics;
import io.walkback.repository.manifest.DeltaRef;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ExtentRef;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.FileKind;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.manifest.ManifestWriter;
import io.walkback.repository.pack.PackEntry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/// Writes the manifest of a database that does not exist, begins a backup upon it and reads it, in a process of its
/// own: for tests of memory, and for measuring.
///
/// Arguments: the store's directory, files of a gibibyte. One extent in four has two deltas.
public final class SyntheticManifest {
    private static final int EXTENTS_PER_FILE = 1024;
    private static final int PIECES_PER_PACK = 110;
    private static final int EXTENT = 1 << 20;

    private SyntheticManifest() {}

    public static void main(String[] args) {
        Path directory = Path.of(args[0]);
        int files = Integer.parseInt(args[1]);
        Clock clock = Clock.systemUTC();
        try (Repository repository = Repository.init(FileSystemBlobStore.create(directory.resolve("store")), clock)) {
            LineageRepository lineage = repository.forWriting(
                    new DatabaseId("huge"), new SystemIdentifier(1), new ClusterGeometry(16 << 20, 8192));
            BackupId first = new BackupId("first");
            write(lineage.lineage(), first, files, clock);
            report("written");
            BackupSettings settings = BackupSettings.standard(directory.resolve("work"));
            try (BackupWriter next = lineage.newBackup(
                    new BackupId("next"), UUID.randomUUID(), Optional.of(first), Set.of(), settings)) {
                next.beginFile(path(files - 1), attributes(clock), FileKind.RELATION, 8192);
                next.write(new byte[8192], 0, 8192);
                next.endFile();
                report("laid out");
            }
            try (BackupReader reader = lineage.openBackup(first);
                    EntryStream entries = reader.entries()) {
                long extents = 0;
                while (entries.hasNext()) {
                    extents += entries.next() instanceof ManifestEntry.File file
                            ? file.extents().size()
                            : 0;
                }
                report("read " + extents + " extents, manifest of "
                        + reader.summary().manifestSize() + " bytes,");
            }
        }
    }

    private static void write(Lineage lineage, BackupId backup, int files, Clock clock) {
        UUID attempt = UUID.randomUUID();
        SplittableRandom random = new SplittableRandom(1);
        try (ManifestWriter manifest = new ManifestWriter(lineage, backup, attempt, 1)) {
            int pieces = 0;
            for (int file = 0; file < files; file++) {
                long size = (long) EXTENTS_PER_FILE * EXTENT;
                manifest.beginFile(path(file), attributes(clock), FileKind.RELATION, size);
                for (int i = 0; i < EXTENTS_PER_FILE; i++) {
                    FileExtent extent = extent(random, i, pieces);
                    pieces += extent.pieces().size();
                    manifest.extent(extent);
                }
                manifest.endFile();
            }
            List<PackEntry> packs = new ArrayList<>();
            for (int pack = 0; pack <= pieces / PIECES_PER_PACK; pack++) {
                packs.add(new PackEntry(new PackId(attempt, pack), 32 << 20, digest(random), true));
            }
            BackupStatistics statistics =
                    new BackupStatistics(files, (long) files << 30, 0, (long) files * EXTENTS_PER_FILE, 0);
            manifest.finish(packs, SyntheticBackup.facts(clock), statistics, Optional.empty());
            manifest.commit();
        }
    }

    private static FileExtent extent(SplittableRandom random, int i, int piece) {
        List<Integer> frames = List.of(70_000 + i, 71_000, 72_000, 73_000);
        ExtentRef base = new ExtentRef(EXTENT, digest(random), piece / PIECES_PER_PACK, 100L + i, frames);
        if (i % 4 != 0) {
            return FileExtent.whole(base);
        }
        List<DeltaRef> deltas = new ArrayList<>();
        for (int delta = 1; delta <= 2; delta++) {
            PageMap pages = PageMap.NONE.with(random.nextInt(PageMap.PAGES));
            deltas.add(
                    new DeltaRef(pages, digest(random), (piece + delta) / PIECES_PER_PACK, 900L + i, List.of(8_000)));
        }
        return new FileExtent(EXTENT, digest(random), base, deltas);
    }

    private static Digest128 digest(SplittableRandom random) {
        return new Digest128(random.nextLong(), random.nextLong());
    }

    private static EntryPath path(int file) {
        return new EntryPath("base/5/" + file);
    }

    private static EntryAttributes attributes(Clock clock) {
        return new EntryAttributes(0600, 26, 26, "postgres", "postgres", clock.instant());
    }

    private static void report(String what) {
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
        System.out.printf(Locale.ROOT, "%s; peak heap so far %d MiB%n", what, peak >> 20);
    }
}

package io.walkback.repository.fs;

import com.sun.management.OperatingSystemMXBean;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupCommit;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.FileKind;
import io.walkback.repository.manifest.ManifestEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/// Backs up a made-up database into a directory, in a process of its own: for tests of memory and of sudden death,
/// and for measuring.
///
/// Arguments: the store's directory, `first` or `again`, files of 64 MiB, small files; or `round` instead, and as a
/// fifth argument how many times 1 % of the pages were changed at random since `first`.
public final class SyntheticBackup {
    private static final int SLICE = 32 << 10;
    private static final int BIG = 64 << 20;

    private SyntheticBackup() {}

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        int big = Integer.parseInt(args[2]);
        int small = Integer.parseInt(args[3]);
        Clock clock = Clock.systemUTC();
        try (Repository repository = Repository.init(FileSystemBlobStore.create(directory.resolve("store")), clock)) {
            LineageRepository lineage = repository.forWriting(
                    new DatabaseId("big"), new SystemIdentifier(1), new ClusterGeometry(16 << 20, 8192));
            int round = args.length > 4 ? Integer.parseInt(args[4]) : 0;
            BackupId id = new BackupId(round == 0 ? args[1] : args[1] + round);
            Optional<BackupId> previous = args[1].equals("first")
                    ? Optional.empty()
                    : Optional.of(new BackupId(round <= 1 ? "first" : args[1] + (round - 1)));
            long start = System.nanoTime();
            BackupCommit commit = write(lineage, id, previous, directory, new int[] {big, small, round}, clock);
            report("write", start, commit.summary().statistics().bytes());
            System.out.println(commit.summary().statistics() + " manifest "
                    + commit.summary().manifestSize());
            long readStart = System.nanoTime();
            long read = read(lineage, id);
            report("read", readStart, read);
        }
    }

    private static BackupCommit write(
            LineageRepository lineage,
            BackupId id,
            Optional<BackupId> previous,
            Path directory,
            int[] counts,
            Clock clock) {
        EntryAttributes attributes = new EntryAttributes(0600, 26, 26, "postgres", "postgres", clock.instant());
        byte[] content = content();
        try (BackupWriter writer = lineage.newBackup(
                id, UUID.randomUUID(), previous, Set.of(), BackupSettings.standard(directory.resolve("work")))) {
            byte[] slice = new byte[SLICE];
            for (int i = 0; i < counts[0]; i++) {
                writer.beginFile(new EntryPath("base/5/" + i), attributes, FileKind.RELATION, BIG);
                for (int at = 0; at < BIG; at += SLICE) {
                    // Each slice differs from all others, and the same slice comes again in the next backup.
                    int from = (int) ((at / SLICE * 7919L + i * 104_729L) % (content.length - SLICE));
                    System.arraycopy(content, from, slice, 0, SLICE);
                    change(slice, ((long) i << 32) + at, counts[2]);
                    writer.write(slice, 0, SLICE);
                }
                writer.endFile();
            }
            for (int i = 0; i < counts[1]; i++) {
                writer.beginFile(new EntryPath("base/6/" + i), attributes, FileKind.RELATION, 8192);
                writer.write(content, i % 10_000, 8192);
                writer.endFile();
            }
            return writer.finish(facts(clock));
        }
    }

    /// Gives a page some new rows in one round of a hundred, chosen by its position.
    private static void change(byte[] slice, long position, int rounds) {
        for (int page = 0; page < SLICE; page += 8192) {
            for (int round = 1; round <= rounds; round++) {
                long hash = (position + page + round) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 29;
                hash *= 0xBF58476D1CE4E5B9L;
                if (Long.remainderUnsigned(hash >>> 7, 100) == 0) {
                    for (int row = 0; row < 1024; row += 8) {
                        slice[page + row + (round & 7)] ^= (byte) (hash >>> (row & 31));
                    }
                }
            }
        }
    }

    /// 16 MiB, half of it random, the rest rows of text.
    private static byte[] content() {
        byte[] content = new byte[16 << 20];
        Random random = new Random(1);
        for (int at = 0; at < content.length; at += 8192) {
            byte[] page = new byte[8192];
            if (at / 8192 % 4 == 0) {
                random.nextBytes(page);
            } else {
                for (int i = 0; i < page.length; i += 16) {
                    byte[] row = String.format(Locale.ROOT, "%016x", random.nextInt(1 << 20))
                            .getBytes(StandardCharsets.US_ASCII);
                    System.arraycopy(row, 0, page, i, 16);
                }
            }
            System.arraycopy(page, 0, content, at, 8192);
        }
        return content;
    }

    static BackupFacts facts(Clock clock) {
        return new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(150_019, 16 << 20, 8192, true),
                new BackupFacts.WalSpan(
                        TimelineId.FIRST, new Lsn(1 << 24), TimelineId.FIRST, new Lsn(1 << 25), Optional.empty()),
                clock.instant(),
                clock.instant(),
                new BackupFacts.ControlFiles(
                        Optional.of(new FileContent(new byte[100])), Optional.empty(), new FileContent(new byte[8192])),
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test");
    }

    private static long read(LineageRepository lineage, BackupId id) throws IOException {
        long bytes = 0;
        try (BackupReader reader = lineage.openBackup(id);
                EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file) {
                    reader.copyTo(file, OutputStream.nullOutputStream());
                    bytes += file.size();
                }
            }
        }
        return bytes;
    }

    private static void report(String what, long start, long bytes) {
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpu =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%s %.0f MiB in %.2f s = %.0f MiB/s, cpu so far %.2f s%n",
                what,
                bytes / 1048576.0,
                seconds,
                bytes / 1048576.0 / seconds,
                cpu);
    }
}

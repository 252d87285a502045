package io.walkback.repository.backup;

import io.walkback.domain.BackupId;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupStatistics;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.FileKind;
import io.walkback.repository.manifest.ManifestDigest;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.manifest.PreviousBackup;
import io.walkback.repository.pack.PackEntry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Writes one backup: the caller pushes entries and bytes from one thread, a fixed pool names and compresses
/// extents, one thread writes packs and manifest in order.
///
/// ```
///  caller --fill--> extent buffers --pool: identify, encode--> in order --writer: pack, manifest--> store
///     ^__________________ blocks while every buffer is in use __________________|
/// ```
///
/// Memory is bounded by the buffers ([BackupSettings#threads]); a slow store blocks [#write]. A failure anywhere
/// is thrown by the caller's next call, and nothing of the backup is visible then. Closing without [#finish]
/// aborts. Used by one thread, but for [#progress].
public final class BackupWriter implements AutoCloseable {
    private final @Nullable PreviousFiles previousFiles;
    private final BlockingQueue<EncodedExtent> free;
    private final BlockingQueue<Workbench> benches;
    private final ExecutorService pool;
    private final OrderedWriter writer;
    private @Nullable EncodedExtent filling;
    private PreviousFiles.@Nullable Cursor previousExtents;
    private boolean relation;
    private int spread;
    private long fileLeft = -1;
    private boolean streaming;
    private boolean finished;

    /// Starts a backup.
    ///
    /// @param attempt    random, new for each attempt: it names the packs
    /// @param previous   a committed backup of this lineage whose unchanged extents are taken over
    /// @param distrusted packs of it that verification found damaged or overdue; what they hold is stored again
    public BackupWriter(
            Lineage lineage,
            BackupId backup,
            UUID attempt,
            Optional<BackupId> previous,
            Set<PackId> distrusted,
            BackupSettings settings) {
        ManifestReader manifest =
                previous.map(id -> new ManifestReader(lineage, id)).orElse(null);
        Optional<PreviousBackup> link =
                manifest == null ? Optional.empty() : Optional.of(link(manifest, manifest.verify()));
        free = new ArrayBlockingQueue<>(settings.buffers());
        benches = new ArrayBlockingQueue<>(settings.threads());
        for (int i = 0; i < settings.buffers(); i++) {
            free.add(new EncodedExtent());
        }
        List<PackEntry> previousPacks = manifest == null ? List.of() : manifest.packs();
        PackUse use = new PackUse(previousPacks);
        previousFiles = manifest == null ? null : new PreviousFiles(manifest, settings.workDirectory(), use);
        PageDigestCache pageDigests = new PageDigestCache(lineage);
        try {
            PackTable packs = new PackTable(lineage, previousPacks, distrusted, use);
            for (int i = 0; i < settings.threads(); i++) {
                benches.add(new Workbench(lineage.namingKey(), settings.zstdLevel(), packs, pageDigests));
            }
            writer = new OrderedWriter(lineage, backup, attempt, link, packs, settings, free);
        } catch (RuntimeException failed) {
            closeTools();
            throw failed;
        }
        pool = Executors.newFixedThreadPool(
                settings.threads(),
                Thread.ofPlatform().daemon().name("walkback-extent-", 0).factory());
    }

    public void directory(EntryPath path, EntryAttributes attributes) {
        between();
        writer.submit(manifest -> manifest.directory(path, attributes));
    }

    public void symbolicLink(EntryPath path, EntryAttributes attributes, String target) {
        between();
        writer.submit(manifest -> manifest.symbolicLink(path, attributes, target));
    }

    /// A tablespace outside the data directory; its files come as `pg_tblspc/<oid>/...`.
    public void tablespace(int oid, String location) {
        between();
        writer.submit(manifest -> manifest.tablespace(oid, location));
    }

    /// Begins a file of exactly `size` bytes.
    public void beginFile(EntryPath path, EntryAttributes attributes, FileKind kind, long size) {
        between();
        if (size < 0) {
            throw new IllegalArgumentException("file '" + path + "' of " + size + " bytes");
        }
        begin(path, kind);
        fileLeft = size;
        writer.submit(manifest -> manifest.beginFile(path, attributes, kind, size));
    }

    /// Begins a file of which nobody knows the size before [#endFile].
    public void beginStream(EntryPath path, EntryAttributes attributes) {
        between();
        begin(path, FileKind.OTHER);
        fileLeft = Long.MAX_VALUE;
        streaming = true;
        writer.submit(manifest -> manifest.beginStream(path, attributes, FileKind.OTHER));
    }

    private void begin(EntryPath path, FileKind kind) {
        relation = kind == FileKind.RELATION;
        spread = path.value().hashCode();
        previousExtents = previousFiles == null ? null : previousFiles.find(path);
    }

    /// The next bytes of the file. Copies them; blocks while every buffer is in use.
    public void write(byte[] bytes, int offset, int length) {
        if (length > fileLeft) {
            throw new IllegalStateException(length + " bytes for a file that has " + fileLeft + " to come");
        }
        fileLeft -= length;
        for (int done = 0; done < length; ) {
            EncodedExtent extent = filling == null ? take() : filling;
            filling = extent;
            done += extent.fill(bytes, offset + done, length - done);
            if (extent.isFull()) {
                dispatch();
            }
        }
    }

    /// Ends the file, all of whose bytes have come.
    public void endFile() {
        if (fileLeft != 0 && !streaming) {
            throw new IllegalStateException("a file that ends with " + fileLeft + " bytes to come");
        }
        fileLeft = -1;
        streaming = false;
        if (filling != null) {
            dispatch();
        }
        writer.endFile();
    }

    /// Stores what is left, and commits the backup or adopts the one that another attempt has committed. Blocks
    /// until the store has confirmed.
    public BackupCommit finish(BackupFacts facts) {
        between();
        finished = true;
        return writer.finish(facts);
    }

    /// What was written so far; may be called from any thread.
    public BackupStatistics progress() {
        return writer.progress();
    }

    @Override
    public void close() {
        pool.shutdownNow();
        pool.close();
        writer.close();
        closeTools();
    }

    private void closeTools() {
        for (Workbench bench = benches.poll(); bench != null; bench = benches.poll()) {
            bench.close();
        }
        if (previousFiles != null) {
            previousFiles.close();
        }
    }

    private void dispatch() {
        EncodedExtent extent = filling;
        filling = null;
        if (extent == null) {
            return;
        }
        PreviousFiles.Cursor cursor = previousExtents;
        FileExtent known = cursor == null ? null : cursor.next();
        // A multiplier that spreads neighbours (Knuth's golden ratio).
        int spreading = (spread++ * 0x9E3779B1) >>> 8;
        writer.extent(extent, pool.submit(() -> process(extent, known, spreading)));
    }

    private Encoded process(EncodedExtent extent, @Nullable FileExtent known, int spreading)
            throws InterruptedException {
        Workbench bench = benches.take();
        try {
            return bench.process(extent, known, spreading);
        } finally {
            benches.add(bench);
        }
    }

    private EncodedExtent take() {
        try {
            EncodedExtent extent = free.take();
            extent.clear(relation);
            writer.check();
            return extent;
        } catch (InterruptedException interrupted) {
            throw Outcomes.interrupted();
        }
    }

    private void between() {
        if (fileLeft >= 0 || finished) {
            throw new IllegalStateException(finished ? "the backup is finished" : "a file is not ended");
        }
    }

    private static PreviousBackup link(ManifestReader manifest, ManifestDigest digest) {
        return new PreviousBackup(manifest.summary().id(), digest);
    }
}

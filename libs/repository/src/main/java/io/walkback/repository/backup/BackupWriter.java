package io.walkback.repository.backup;

import io.walkback.domain.BackupId;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupStatistics;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.ExtentRef;
import io.walkback.repository.manifest.FileKind;
import io.walkback.repository.manifest.ManifestDigest;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.manifest.PreviousBackup;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    private final PackTable packs;
    private final BlockingQueue<EncodedExtent> free;
    private final BlockingQueue<Workbench> benches;
    private final ExecutorService pool;
    private final OrderedWriter writer;
    private @Nullable EncodedExtent filling;
    private PreviousFiles.@Nullable Cursor previousExtents;
    private long fileLeft = -1;
    private boolean finished;

    /// What a pool thread needs to work; there are as many as threads.
    private record Workbench(Digester digester, FrameEncoder encoder) {}

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
        packs = new PackTable(lineage, manifest, distrusted);
        free = new ArrayBlockingQueue<>(settings.buffers());
        benches = new ArrayBlockingQueue<>(settings.threads());
        for (int i = 0; i < settings.buffers(); i++) {
            free.add(new EncodedExtent());
        }
        previousFiles = manifest == null ? null : new PreviousFiles(manifest, settings.workDirectory());
        try {
            writer = new OrderedWriter(lineage, backup, attempt, link, packs, settings, free);
        } catch (RuntimeException failed) {
            if (previousFiles != null) {
                previousFiles.close();
            }
            throw failed;
        }
        for (int i = 0; i < settings.threads(); i++) {
            benches.add(new Workbench(new Digester(lineage.namingKey()), new FrameEncoder(settings.zstdLevel())));
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
        fileLeft = size;
        previousExtents = previousFiles == null ? null : previousFiles.find(path);
        writer.submit(manifest -> manifest.beginFile(path, attributes, kind, size));
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
        if (fileLeft != 0) {
            throw new IllegalStateException("a file that ends with " + fileLeft + " bytes to come");
        }
        fileLeft = -1;
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
        for (Workbench bench = benches.poll(); bench != null; bench = benches.poll()) {
            bench.encoder().close();
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
        ExtentRef candidate = cursor == null ? null : cursor.next();
        ExtentRef known =
                candidate != null && candidate.length() == extent.plainLength() && packs.isUsable(candidate.pack())
                        ? candidate
                        : null;
        Future<@Nullable ExtentRef> work = pool.submit(() -> process(extent, known));
        writer.extent(extent, work);
    }

    /// Returns the known extent if this one is equal to it; otherwise the frames are made, and the result is null.
    private @Nullable ExtentRef process(EncodedExtent extent, @Nullable ExtentRef known) throws InterruptedException {
        Workbench bench = benches.take();
        try {
            if (known != null && extent.identify(bench.digester()).equals(known.identity())) {
                return known;
            }
            if (known == null) {
                extent.identify(bench.digester());
            }
            extent.encode(bench.encoder());
            return null;
        } finally {
            benches.add(bench);
        }
    }

    private EncodedExtent take() {
        try {
            EncodedExtent extent = free.take();
            extent.clear();
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

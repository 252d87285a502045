package io.walkback.repository.backup;

import io.walkback.domain.BackupId;
import io.walkback.domain.KillPoint;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.format.Damage;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupStatistics;
import io.walkback.repository.manifest.DeltaRef;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.ManifestDigest;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.manifest.ManifestWriter;
import io.walkback.repository.manifest.PreviousBackup;
import io.walkback.repository.pack.PackEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The one thread that writes packs and manifest, in the order in which steps were submitted.
///
/// After a failure it does nothing but give buffers back, so that the caller, who may be waiting for one, comes to
/// [#check] and learns of it.
final class OrderedWriter implements AutoCloseable {
    private static final int STEPS = 256;

    private final Lineage lineage;
    private final BackupId backup;
    private final UUID attempt;
    private final Optional<PreviousBackup> previous;
    private final PackTable table;
    private final PackSequence packs;
    private final ManifestWriter manifest;
    private final BlockingQueue<EncodedExtent> free;
    private final BlockingQueue<Step> steps = new ArrayBlockingQueue<>(STEPS);
    private final CompletableFuture<BackupCommit> commit = new CompletableFuture<>();
    private final Thread thread;
    private volatile @Nullable Throwable failure;
    private volatile boolean closing;
    private volatile BackupStatistics progress = BackupStatistics.NOTHING;

    private sealed interface Step {
        record Entry(Consumer<ManifestWriter> action) implements Step {}

        record EndFile() implements Step {}

        record Extent(EncodedExtent extent, Future<Encoded> work) implements Step {}

        record Finish(BackupFacts facts) implements Step {}
    }

    OrderedWriter(
            Lineage lineage,
            BackupId backup,
            UUID attempt,
            Optional<PreviousBackup> previous,
            PackTable table,
            BackupSettings settings,
            BlockingQueue<EncodedExtent> free) {
        this.lineage = lineage;
        this.backup = backup;
        this.attempt = attempt;
        this.previous = previous;
        this.table = table;
        this.free = free;
        this.manifest = new ManifestWriter(lineage, backup, attempt, settings.zstdLevel());
        this.packs = new PackSequence(lineage, attempt, table, settings.zstdLevel());
        this.thread =
                Thread.ofPlatform().daemon().name("walkback-backup-writer").start(this::run);
    }

    void submit(Consumer<ManifestWriter> record) {
        put(new Step.Entry(record));
    }

    void endFile() {
        put(new Step.EndFile());
    }

    void extent(EncodedExtent extent, Future<Encoded> work) {
        put(new Step.Extent(extent, work));
    }

    BackupCommit finish(BackupFacts facts) {
        put(new Step.Finish(facts));
        return Outcomes.get(commit);
    }

    BackupStatistics progress() {
        return progress;
    }

    /// Throws what went wrong, if anything did.
    void check() {
        Throwable failed = failure;
        if (failed != null) {
            throw Outcomes.unchecked(failed);
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        packs.close();
        manifest.close();
    }

    private void put(Step step) {
        check();
        try {
            steps.put(step);
        } catch (InterruptedException interrupted) {
            throw Outcomes.interrupted();
        }
    }

    private void run() {
        try {
            while (!closing && !commit.isDone()) {
                handle(steps.take());
            }
        } catch (InterruptedException closed) {
            closing = true;
        }
    }

    private void handle(Step step) throws InterruptedException {
        try {
            if (failure == null) {
                apply(step);
            }
        } catch (Throwable failed) {
            failure = failed;
        } finally {
            if (step instanceof Step.Extent done) {
                free.put(done.extent());
            }
        }
        Throwable failed = failure;
        if (failed != null && step instanceof Step.Finish) {
            commit.completeExceptionally(failed);
        }
    }

    private void apply(Step step) {
        switch (step) {
            case Step.Entry(Consumer<ManifestWriter> action) -> action.accept(manifest);
            case Step.EndFile() -> {
                manifest.endFile();
                count(1, 0, 0, 0);
            }
            case Step.Extent(EncodedExtent extent, Future<Encoded> work) -> store(extent, Outcomes.get(work));
            case Step.Finish(BackupFacts facts) -> commit.complete(commit(facts));
        }
    }

    private void store(EncodedExtent extent, Encoded encoded) {
        switch (encoded) {
            case Encoded.Known(FileExtent known) -> {
                manifest.extent(known.inPacks(table::take));
                count(0, known.length(), 0, 1);
            }
            case Encoded.Whole() -> {
                manifest.extent(FileExtent.whole(packs.store(extent)));
                count(0, extent.plainLength(), 1, 0);
            }
            case Encoded.Changed(FileExtent kept) -> {
                manifest.extent(changed(extent, kept.inPacks(table::take)));
                count(0, extent.plainLength(), 1, 0);
            }
        }
    }

    private FileExtent changed(EncodedExtent extent, FileExtent kept) {
        if (extent.storedPages().isEmpty()) {
            return kept;
        }
        List<DeltaRef> deltas = new ArrayList<>(kept.deltas());
        deltas.add(packs.storeDelta(extent));
        return new FileExtent(kept.length(), kept.identity(), kept.base(), deltas);
    }

    private void count(long files, long bytes, long stored, long reused) {
        BackupStatistics now = progress;
        progress = new BackupStatistics(
                now.files() + files,
                now.bytes() + bytes,
                packs.storedBytes(),
                now.newExtents() + stored,
                now.reusedExtents() + reused);
    }

    private BackupCommit commit(BackupFacts facts) {
        packs.finish();
        count(0, 0, 0, 0);
        KillPoint.at(KillPoint.BACKUP_PACKS_STORED);
        List<PackEntry> closed = table.closed();
        ManifestDigest digest = manifest.finish(closed, facts, progress, previous);
        KillPoint.at(KillPoint.BACKUP_MANIFEST_STAGED);
        ClosureLocks.extend(lineage, attempt, closed);
        boolean adopted = manifest.commit() == PutOutcome.ALREADY_THERE;
        KillPoint.at(KillPoint.BACKUP_MANIFEST_COMMITTED);
        ManifestReader committed = new ManifestReader(lineage, backup);
        ManifestDigest found = committed.verify();
        if (!adopted && !found.equals(digest)) {
            throw Damage.corrupt(lineage.manifest(backup), "it was written as " + digest + " and reads as " + found);
        }
        ClosureLocks.confirm(lineage, committed.summary());
        return new BackupCommit(committed.summary(), found, adopted);
    }
}

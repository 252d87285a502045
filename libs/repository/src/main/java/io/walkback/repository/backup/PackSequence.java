package io.walkback.repository.backup;

import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.DeltaRef;
import io.walkback.repository.manifest.ExtentRef;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.pack.PackReader;
import io.walkback.repository.pack.PackWriter;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// One attempt's packs, one after the other. While one is filled, the one before is committed and read back on a
/// thread of its own; never more than these two are open. Confined to the writing thread.
final class PackSequence implements AutoCloseable {
    private final Lineage lineage;
    private final UUID attempt;
    private final PackTable table;
    private final ExecutorService finisher = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("walkback-pack").factory());
    private final Digester digester;
    private final FrameEncoder encoder;
    private final PackReader reader;
    private @Nullable PackWriter current;
    private int currentPosition;
    private int number;
    private @Nullable Future<Committed> finishing;
    private int finishingPosition;
    private long storedBytes;

    /// A pack and its page digests, both in the store.
    private record Committed(PackEntry entry, long digestBytes) {}

    PackSequence(Lineage lineage, UUID attempt, PackTable table, int level) {
        this.lineage = lineage;
        this.attempt = attempt;
        this.table = table;
        this.digester = new Digester(lineage.namingKey());
        this.encoder = new FrameEncoder(level);
        this.reader = new PackReader(lineage);
    }

    /// Stores a whole extent and says where.
    ExtentRef store(EncodedExtent extent) {
        PackWriter.Placed placed = append(extent);
        ExtentRef ref = new ExtentRef(
                extent.plainLength(), extent.identity(), currentPosition, placed.offset(), placed.frameLengths());
        handOverFull();
        return ref;
    }

    /// Stores an extent's delta and says where.
    DeltaRef storeDelta(EncodedExtent extent) {
        PackWriter.Placed placed = append(extent);
        DeltaRef ref = new DeltaRef(
                extent.storedPages(), extent.storedIdentity(), currentPosition, placed.offset(), placed.frameLengths());
        handOverFull();
        return ref;
    }

    private PackWriter.Placed append(EncodedExtent extent) {
        PackWriter pack = current;
        if (pack == null) {
            pack = new PackWriter(lineage, new PackId(attempt, number++));
            current = pack;
            currentPosition = table.reserve();
        }
        return pack.append(extent);
    }

    private void handOverFull() {
        if (current != null && current.isFull()) {
            handOver();
        }
    }

    /// Commits and reads back whatever is left; afterwards every pack is in the store.
    void finish() {
        handOver();
        await();
    }

    /// Bytes of the packs that are committed, page digests included.
    long storedBytes() {
        return storedBytes;
    }

    private void handOver() {
        await();
        PackWriter pack = current;
        if (pack != null) {
            current = null;
            finishingPosition = currentPosition;
            finishing = finisher.submit(() -> commit(pack));
        }
    }

    private Committed commit(PackWriter pack) {
        try (pack) {
            PackEntry entry = pack.finish(digester, encoder);
            reader.verify(entry, false);
            return new Committed(entry, entry.pageDigests() ? reader.verifyPageDigests(entry.id()) : 0);
        }
    }

    private void await() {
        Future<Committed> pending = finishing;
        if (pending == null) {
            return;
        }
        finishing = null;
        Committed committed = Outcomes.get(pending);
        table.fill(finishingPosition, committed.entry());
        storedBytes += committed.entry().size() + committed.digestBytes();
    }

    @Override
    public void close() {
        finisher.close();
        if (current != null) {
            current.close();
        }
        encoder.close();
        reader.close();
    }
}

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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// One attempt's packs, one after the other. While one is filled, those before it are made durable and read back,
/// at most [#FINISHING] of them at a time, so that neither a disk's sync nor a store's round trip stops the copy.
/// Each that is open holds some 2 MiB, and what its store buffers. Confined to the writing thread.
final class PackSequence implements AutoCloseable {
    /// Packs that are committed at the same time.
    static final int FINISHING = 3;

    private final Lineage lineage;
    private final UUID attempt;
    private final PackTable table;
    private final ExecutorService finisher = Executors.newFixedThreadPool(
            FINISHING, Thread.ofPlatform().daemon().name("walkback-pack-", 0).factory());
    private final int level;
    private @Nullable PackWriter current;
    private int currentPosition;
    private int number;
    private final Deque<Finishing> finishing = new ArrayDeque<>(FINISHING);
    private long storedBytes;

    /// A pack and its page digests, both in the store.
    private record Committed(PackEntry entry, long digestBytes) {}

    private record Finishing(int position, Future<Committed> work) {}

    PackSequence(Lineage lineage, UUID attempt, PackTable table, int level) {
        this.lineage = lineage;
        this.attempt = attempt;
        this.table = table;
        this.level = level;
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
        while (!finishing.isEmpty()) {
            await();
        }
    }

    /// Bytes of the packs that are committed, page digests included.
    long storedBytes() {
        return storedBytes;
    }

    private void handOver() {
        PackWriter pack = current;
        if (pack != null) {
            if (finishing.size() == FINISHING) {
                await();
            }
            current = null;
            finishing.add(new Finishing(currentPosition, finisher.submit(() -> commit(pack))));
        }
    }

    private Committed commit(PackWriter pack) {
        try (pack;
                FrameEncoder encoder = new FrameEncoder(level);
                PackReader reader = new PackReader(lineage)) {
            PackEntry entry = pack.finish(new Digester(lineage.namingKey()), encoder);
            reader.verify(entry, false);
            return new Committed(entry, entry.pageDigests() ? reader.verifyPageDigests(entry.id()) : 0);
        }
    }

    /// Waits for the pack that was handed over first.
    private void await() {
        Finishing first = finishing.remove();
        Committed committed = Outcomes.get(first.work());
        table.fill(first.position(), committed.entry());
        storedBytes += committed.entry().size() + committed.digestBytes();
    }

    @Override
    public void close() {
        finisher.close();
        if (current != null) {
            current.close();
        }
    }
}

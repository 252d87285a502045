package io.walkback.repository.backup;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.pack.PageDigests;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Page digests of the previous backup's packs, read when a changed extent first needs them. Thread-safe; each
/// object is read once while it stays. Holds at most [#MOST_BYTES], the ones used last, and what its callers hold.
///
/// Files come in nearly the order in which they were stored, so a few packs are in use at a time.
final class PageDigestCache {
    /// Heap that the cache takes at most; one object takes about a tenth of a megabyte, 1.2 MiB at most.
    static final int MOST_BYTES = 24 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(PageDigestCache.class);
    /// What an entry without digests weighs.
    private static final int ABSENT = 256;

    private static final Optional<PageDigests> NONE = Optional.empty();

    private final Lineage lineage;
    private final Map<PackId, CompletableFuture<Optional<PageDigests>>> loaded = new LinkedHashMap<>(16, 0.75f, true);
    private int bytes;

    PageDigestCache(Lineage lineage) {
        this.lineage = lineage;
    }

    /// The digests of the pages stored at this offset of a pack, 16 bytes each; null if they are not to be had,
    /// which costs storing the extent whole and is no failure.
    byte @Nullable [] at(PackEntry pack, long offset, Digester digester) {
        if (!pack.pageDigests()) {
            return null;
        }
        CompletableFuture<Optional<PageDigests>> mine = new CompletableFuture<>();
        Future<Optional<PageDigests>> found = claim(pack.id(), mine);
        if (found == mine) {
            load(pack.id(), mine, digester);
        }
        return Outcomes.get(found).map(digests -> digests.at(offset)).orElse(null);
    }

    private synchronized Future<Optional<PageDigests>> claim(
            PackId pack, CompletableFuture<Optional<PageDigests>> mine) {
        CompletableFuture<Optional<PageDigests>> there = loaded.get(pack);
        if (there != null) {
            return there;
        }
        loaded.put(pack, mine);
        return mine;
    }

    private void load(PackId pack, CompletableFuture<Optional<PageDigests>> mine, Digester digester) {
        try {
            mine.complete(read(pack, digester));
            settle();
        } catch (RuntimeException | Error failed) {
            mine.completeExceptionally(failed);
        }
    }

    private Optional<PageDigests> read(PackId pack, Digester digester) {
        try {
            return Optional.of(PageDigests.read(lineage, pack, digester));
        } catch (CorruptDataException unusable) {
            return absent(pack, unusable);
        } catch (OperatorActionException unknown) {
            if (unknown.code() != FailureCode.STORE_LAYOUT) {
                throw unknown;
            }
            return absent(pack, unknown);
        }
    }

    private static Optional<PageDigests> absent(PackId pack, PlatformException cause) {
        LOG.atWarn()
                .addKeyValue("packId", pack)
                .addKeyValue("failureCode", cause.code())
                .addKeyValue("reason", cause.text())
                .log("page digests cannot be used, changed extents of their pack are stored whole");
        return NONE;
    }

    /// Forgets what was not used for longest while there is too much.
    private synchronized void settle() {
        bytes = 0;
        for (CompletableFuture<Optional<PageDigests>> entry : loaded.values()) {
            bytes += weight(entry);
        }
        Iterator<CompletableFuture<Optional<PageDigests>>> oldest =
                loaded.values().iterator();
        while (bytes > MOST_BYTES && oldest.hasNext()) {
            CompletableFuture<Optional<PageDigests>> entry = oldest.next();
            if (entry.isDone()) {
                bytes -= weight(entry);
                oldest.remove();
            }
        }
    }

    private static int weight(CompletableFuture<Optional<PageDigests>> entry) {
        return entry.isDone() && !entry.isCompletedExceptionally()
                ? entry.join().map(PageDigests::weight).orElse(ABSENT)
                : ABSENT;
    }
}

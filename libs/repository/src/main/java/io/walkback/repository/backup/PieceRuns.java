package io.walkback.repository.backup;

import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.StoredPiece;
import io.walkback.repository.seal.ObjectSeal;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Reads the pieces of a file's extents, base and deltas, extent by extent, with few requests: pieces that lie one
/// after the other in a pack come from one stream, also where pieces from other packs are read in between. Not
/// thread-safe.
///
/// A stream is given up when two extents go by without it, so at most fifteen are open.
final class PieceRuns implements AutoCloseable {
    private static final int PATIENCE = 2;

    private final Lineage lineage;
    private final IntFunction<ObjectSeal> check;
    private final List<Run> order = new ArrayList<>();
    private int next;

    private static final class Run {
        private final int pack;
        private final long offset;
        private long length;
        private int pieces;
        private int lastExtent;
        private @Nullable Source source;

        Run(int pack, long offset) {
            this.pack = pack;
            this.offset = offset;
        }
    }

    /// @param check is given each pack's position before its first byte is read, and says how it is sealed
    PieceRuns(Lineage lineage, List<FileExtent> extents, IntFunction<ObjectSeal> check) {
        this.lineage = lineage;
        this.check = check;
        Map<Integer, Run> latest = new HashMap<>();
        for (int i = 0; i < extents.size(); i++) {
            for (StoredPiece piece : extents.get(i).pieces()) {
                Run run = latest.get(piece.pack());
                if (run == null || run.offset + run.length != piece.offset() || i - run.lastExtent > PATIENCE) {
                    run = new Run(piece.pack(), piece.offset());
                    latest.put(piece.pack(), run);
                }
                run.length += piece.storedLength();
                run.pieces++;
                run.lastExtent = i;
                order.add(run);
            }
        }
    }

    /// Where a piece is read from: its pack, and a stream positioned at it.
    record Source(ObjectSeal pack, InputStream in) {}

    /// The next piece, of which the caller reads exactly its bytes before he asks again.
    Source next() {
        if (next > 0) {
            Run before = order.get(next - 1);
            before.pieces--;
            if (before.pieces == 0) {
                close(before);
            }
        }
        Run run = order.get(next++);
        Source source = run.source;
        if (source == null) {
            ObjectSeal seal = check.apply(run.pack);
            source = new Source(seal, lineage.store().open(seal.key(), new ByteRange(run.offset, run.length)));
            run.source = source;
        }
        return source;
    }

    private static void close(Run run) {
        Source source = run.source;
        if (source != null) {
            run.source = null;
            try {
                source.in().close();
            } catch (IOException closing) {
                throw new IllegalStateException("a store's stream throws no IOException", closing);
            }
        }
    }

    @Override
    public void close() {
        order.forEach(PieceRuns::close);
    }
}

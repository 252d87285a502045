package io.walkback.backup.wal;

import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.WalPiece;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which pieces of one unfinished segment become one, so that a segment that takes hours to fill is not thousands
/// of objects: every 32 of a level make one of the next. Each byte is written once for each level, three times at
/// most for a segment of a day. For one thread.
final class PieceLevels {
    static final int TOGETHER = 32;
    /// Held in memory while it is written.
    private static final int LONGEST = 8 << 20;

    private record Leveled(WalPiece piece, int level) {}

    /// What is to be written, and what it then replaces.
    record Merge(WalPiece whole, List<WalPiece> parts) {}

    private final WalSegment segment;
    private final List<Leveled> pieces = new ArrayList<>();

    PieceLevels(WalSegment segment) {
        this.segment = segment;
    }

    WalSegment segment() {
        return segment;
    }

    /// A piece is stored that begins where the one before it ended. Says which pieces are to become one now; to be
    /// answered by [#merged] or not at all.
    Optional<Merge> stored(WalPiece piece) {
        pieces.add(new Leveled(piece, 0));
        return next();
    }

    /// The whole is stored, and its parts may go. Says what is to become one next.
    Optional<Merge> merged(Merge merge) {
        int level = pieces.getLast().level();
        for (int i = 0; i < merge.parts().size(); i++) {
            pieces.removeLast();
        }
        pieces.add(new Leveled(merge.whole(), level + 1));
        return next();
    }

    private Optional<Merge> next() {
        int level = pieces.getLast().level();
        int from = pieces.size();
        while (from > 0 && pieces.get(from - 1).level() == level) {
            from--;
        }
        List<WalPiece> same =
                pieces.subList(from, pieces.size()).stream().map(Leveled::piece).toList();
        if (same.size() < TOGETHER) {
            return Optional.empty();
        }
        WalPiece whole = new WalPiece(
                same.getFirst().segment(),
                same.getFirst().from(),
                same.getLast().to());
        return whole.to().minus(whole.from()) > LONGEST ? Optional.empty() : Optional.of(new Merge(whole, same));
    }

    int size() {
        return pieces.size();
    }
}

package io.walkback.restore.plan;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The plain bytes of a segment of a chain: the stored segment, or what is stored of an unfinished one, filled up
/// with zeros.
public final class SegmentBytes {
    /// Pieces become larger ones once in minutes.
    private static final int LOOKS = 5;

    private SegmentBytes() {}

    /// Exactly the segment's size of bytes; the caller closes the stream. A segment that the chain counts on and
    /// the archive no longer has is [CorruptDataException] `OBJECT_MISSING`: it is never "not there" (pitfall 42).
    public static InputStream open(WalArchive archive, WalChain chain, WalSegment segment) {
        for (int look = 1; ; look++) {
            Optional<WalObject> complete = archive.findSegment(segment);
            if (complete.isPresent()) {
                return complete.get().open();
            }
            Lsn tail = chain.tailEnd();
            if (tail == null || !segment.equals(chain.next())) {
                throw missing(segment);
            }
            try {
                return new ByteArrayInputStream(assemble(archive, segment, tail));
            } catch (CorruptDataException gone) {
                // Pieces go when a larger one has their bytes, or the segment is complete: whoever has listed them
                // before that looks again.
                if (gone.code() != FailureCode.OBJECT_MISSING || look == LOOKS) {
                    throw gone;
                }
            }
        }
    }

    /// How far a segment that is not complete is stored.
    ///
    /// @param end  from its start and without a hole; null where its beginning is missing
    /// @param goesOn there are pieces behind the hole
    public record Reach(@Nullable Lsn end, boolean goesOn) {
        public static final Reach NOTHING = new Reach(null, false);
    }

    /// To the segment's end where it became complete meanwhile.
    static Reach reach(WalArchive archive, WalSegment segment) {
        Reach reach = reach(segment, archive.pieces(segment));
        // A hole is not one if pieces became a larger one while they were listed.
        for (int look = 1; reach.goesOn() && look < LOOKS; look++) {
            reach = reach(segment, archive.pieces(segment));
        }
        boolean doubtful = reach.end() == null || reach.goesOn();
        return doubtful && archive.contains(segment) ? new Reach(segment.end(), false) : reach;
    }

    static Reach reach(WalSegment segment, List<WalPiece> pieces) {
        Lsn end = segment.start();
        boolean goesOn = false;
        for (WalPiece piece : pieces) {
            if (piece.from().isAfter(end)) {
                goesOn = true;
            } else {
                end = Lsn.max(end, piece.to());
            }
        }
        return new Reach(end.equals(segment.start()) ? null : end, goesOn);
    }

    private static byte[] assemble(WalArchive archive, WalSegment segment, Lsn tail) {
        byte[] bytes = new byte[segment.size()];
        int known = 0;
        int wanted = (int) tail.minus(segment.start());
        for (WalPiece piece : archive.pieces(segment)) {
            int from = (int) piece.from().minus(segment.start());
            if (from > known || known >= wanted) {
                break;
            }
            byte[] content = read(archive, piece);
            int overlap = Math.min(known - from, content.length);
            if (!Arrays.equals(bytes, from, from + overlap, content, 0, overlap)) {
                throw new CorruptDataException(
                        FailureCode.WAL_CONFLICT,
                        "stored pieces of wal segment " + segment + " disagree about the bytes from " + piece.from(),
                        "Two servers may have written one timeline. Restore to a position before that.");
            }
            System.arraycopy(content, overlap, bytes, from + overlap, content.length - overlap);
            known = Math.max(known, from + content.length);
        }
        if (known < wanted) {
            throw missing(segment);
        }
        Arrays.fill(bytes, wanted, bytes.length, (byte) 0);
        return bytes;
    }

    private static byte[] read(WalArchive archive, WalPiece piece) {
        WalObject object = archive.findPiece(piece).orElseThrow(() -> missing(piece.segment()));
        try (InputStream in = object.open()) {
            return in.readAllBytes();
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }

    private static CorruptDataException missing(WalSegment segment) {
        return new CorruptDataException(
                FailureCode.OBJECT_MISSING,
                "wal segment " + segment + " was in the archive when the restore was planned, and is not there now",
                "Somebody deletes from the repository; plan again, the reachable targets have changed.");
    }
}

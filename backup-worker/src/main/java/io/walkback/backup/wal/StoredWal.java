package io.walkback.backup.wal;

import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the repository holds at places in the WAL, read from the store and checked, so that whoever has the bytes
/// knows that they can be read. For one thread; holds one segment of up to 64 MiB, longer ones are read from their
/// beginning each time.
final class StoredWal {
    private static final int LONGEST_HELD = 64 << 20;

    private @Nullable WalArchive heldFrom;
    private @Nullable WalSegment heldSegment;
    private byte[] held = {};

    /// The bytes of a piece's place out of the whole segment; empty where there is none.
    Optional<byte[]> fromSegment(WalArchive archive, WalPiece piece) {
        WalSegment segment = piece.segment();
        int from = (int) piece.from().minus(segment.start());
        int length = (int) piece.to().minus(piece.from());
        if (archive.equals(heldFrom) && segment.equals(heldSegment)) {
            return Optional.of(Arrays.copyOfRange(held, from, from + length));
        }
        Optional<WalObject> object = archive.findSegment(segment);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        if (segment.size() <= LONGEST_HELD) {
            held = object.get().readAll();
            heldFrom = archive;
            heldSegment = segment;
            return Optional.of(Arrays.copyOfRange(held, from, from + length));
        }
        try (InputStream in = object.get().open()) {
            in.skipNBytes(from);
            return Optional.of(in.readNBytes(length));
        } catch (IOException impossible) {
            throw new IllegalStateException("a store's stream throws no IOException", impossible);
        }
    }

    /// The bytes of a piece's place out of stored pieces; empty where some of them are not there.
    Optional<byte[]> fromPieces(WalArchive archive, WalPiece piece) {
        byte[] bytes = new byte[(int) piece.to().minus(piece.from())];
        DurablePrefix there = new DurablePrefix(piece.from());
        for (WalPiece stored : archive.pieces(piece.segment())) {
            if (stored.from().isBefore(piece.to()) && piece.from().isBefore(stored.to())) {
                Optional<WalObject> object = archive.findPiece(stored);
                if (object.isPresent()) {
                    copy(stored, object.get().readAll(), piece, bytes);
                    there.add(stored.from(), stored.to());
                }
            }
        }
        return there.end().isBefore(piece.to()) ? Optional.empty() : Optional.of(bytes);
    }

    private static void copy(WalPiece stored, byte[] content, WalPiece piece, byte[] bytes) {
        int at = (int) stored.from().minus(piece.from());
        int skip = Math.max(0, -at);
        int to = Math.max(0, at);
        System.arraycopy(content, skip, bytes, to, Math.min(content.length - skip, bytes.length - to));
    }
}

package io.walkback.backup.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Severity;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import io.walkback.tail.TailLog;
import io.walkback.tail.TailRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes from a tail what the repository has. For one thread.
///
/// Order: a record goes when the whole segment that it is of is in the repository, which is only said to be so
/// after it was read back; of a timeline that the server has left, when pieces hold it. Records go from the first
/// on, so one that has to stay keeps all that follow. What another writer wrote is compared with the segment
/// first: other bytes are an incident, and stay.
final class TailTrim {
    private static final Logger LOG = LoggerFactory.getLogger(TailTrim.class);

    private final LineageRepository lineage;
    private final Archiver archiver;
    /// A larger segment is read from its beginning for each record of another writer.
    private static final int LONGEST_HELD = 64 << 20;

    /// The newest segment that is known to be whole.
    private @Nullable WalSegment whole;
    /// The segment that was compared with last, and what it holds.
    private @Nullable WalSegment heldOf;

    private byte[] held = {};

    TailTrim(LineageRepository lineage, Archiver archiver) {
        this.lineage = lineage;
        this.archiver = archiver;
    }

    /// @param current the timeline that is being received
    /// @param own     writers whose records are, byte by byte, what was stored
    /// @return how many records are gone
    long run(TailLog log, TimelineId current, Set<UUID> own) {
        TailLog.Span span = log.span();
        long[] upTo = {span.first()};
        try (SealedPieces pieces = new SealedPieces(lineage.lineage())) {
            log.read(span, record -> {
                boolean goes = record.system().equals(archiver.system())
                        && isStored(record.piece(), current)
                        && (own.contains(record.writer()) || isSame(record, pieces));
                if (goes) {
                    upTo[0] = record.offset() + 1;
                }
                return goes;
            });
        }
        heldOf = null;
        held = new byte[0];
        if (upTo[0] > span.first()) {
            log.trim(upTo[0]);
            LOG.atDebug().addKeyValue("before", upTo[0]).log("tail trimmed");
        }
        return upTo[0] - span.first();
    }

    private boolean isStored(WalPiece piece, TimelineId current) {
        WalSegment segment = piece.segment();
        if (segment.equals(whole) || archiver.archive().contains(segment)) {
            whole = segment;
            return true;
        }
        DurablePrefix there = new DurablePrefix(piece.from());
        if (segment.timeline().compareTo(current) < 0) {
            archiver.archive().pieces(segment).forEach(stored -> there.add(stored.from(), stored.to()));
        }
        return !there.end().isBefore(piece.to());
    }

    private boolean isSame(TailRecord record, SealedPieces pieces) {
        WalPiece piece = record.piece();
        byte[] bytes;
        try {
            bytes = record.open(pieces);
        } catch (CorruptDataException damaged) {
            archiver.tell(Severity.CRITICAL, "record " + record.offset() + " of the tail", damaged);
            return false;
        }
        if (Arrays.equals(bytes, stored(piece))) {
            return true;
        }
        archiver.tell(
                Severity.CRITICAL,
                "the tail at " + piece.from(),
                new OperatorActionException(
                        FailureCode.WAL_CONFLICT,
                        "another writer has put other wal into the tail for " + piece.from() + " to " + piece.to()
                                + " of timeline " + piece.segment().timeline() + " than the repository has",
                        "Two servers may be running on one timeline. Stop one of them; nothing is removed from the"
                                + " tail from there on."));
        return false;
    }

    /// The stored bytes of a piece's place.
    private byte[] stored(WalPiece piece) {
        WalSegment segment = piece.segment();
        int from = (int) piece.from().minus(segment.start());
        int length = (int) piece.to().minus(piece.from());
        if (segment.equals(heldOf)) {
            return Arrays.copyOfRange(held, from, from + length);
        }
        Optional<WalObject> object = archiver.archive().findSegment(segment);
        if (object.isEmpty()) {
            return fromPieces(piece, length);
        }
        if (segment.size() <= LONGEST_HELD) {
            held = object.get().readAll();
            heldOf = segment;
            return stored(piece);
        }
        try (InputStream in = object.get().open()) {
            in.skipNBytes(from);
            return in.readNBytes(length);
        } catch (IOException impossible) {
            throw new IllegalStateException("a store's stream throws no IOException", impossible);
        }
    }

    private byte[] fromPieces(WalPiece piece, int length) {
        byte[] bytes = new byte[length];
        for (WalPiece stored : archiver.archive().pieces(piece.segment())) {
            if (stored.from().isBefore(piece.to()) && piece.from().isBefore(stored.to())) {
                byte[] content = archiver.archive()
                        .findPiece(stored)
                        .map(WalObject::readAll)
                        .orElseGet(() -> new byte[0]);
                int to = (int) stored.from().minus(piece.from());
                int skip = Math.max(0, -to);
                int count = Math.min(content.length - skip, length - Math.max(0, to));
                if (count > 0) {
                    System.arraycopy(content, skip, bytes, Math.max(0, to), count);
                }
            }
        }
        return bytes;
    }
}

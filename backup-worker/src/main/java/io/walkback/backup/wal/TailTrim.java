package io.walkback.backup.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.Severity;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalPiece;
import io.walkback.tail.TailLog;
import io.walkback.tail.TailRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes from a tail what the repository has. For one thread.
///
/// A record goes in one of two cases. It was written by this connection, and this connection has stored its segment
/// and read it back: the bytes are the same ones. Or its bytes are equal to those that are read from the store now:
/// from the whole segment, or, of a timeline or a cluster that is not being received any more, from pieces. Other
/// bytes are an incident. Records go from the first on, so one that has to stay keeps all that follow.
final class TailTrim {
    private static final Logger LOG = LoggerFactory.getLogger(TailTrim.class);

    /// What a connection knows of its own records.
    ///
    /// @param system   whose WAL it receives
    /// @param timeline that it receives
    /// @param writer   of its records
    /// @param sealed   every segment before it was stored whole by this connection, and read back, or was found to
    /// be there with the same bytes
    record Own(SystemIdentifier system, TimelineId timeline, UUID writer, Lsn sealed) {
        boolean isReceived(TailRecord record) {
            return record.system().equals(system)
                    && record.piece().segment().timeline().equals(timeline);
        }

        boolean isSealed(TailRecord record) {
            return isReceived(record)
                    && record.writer().equals(writer)
                    && !record.piece().segment().end().isAfter(sealed);
        }
    }

    /// A cluster of which there are records to compare.
    private record Compared(Archiver archiver, SealedPieces pieces) {}

    private final TailDrain.Archivers archivers;
    private final Map<SystemIdentifier, Optional<Compared>> clusters = new HashMap<>();
    /// The last record about which something was told: it is told once.
    private long told = -1;

    TailTrim(TailDrain.Archivers archivers) {
        this.archivers = archivers;
    }

    /// @return how many records are gone
    long run(TailLog log, Own own) {
        TailLog.Span span = log.span();
        long[] upTo = {span.first()};
        StoredWal stored = new StoredWal();
        try {
            log.read(span, new TailLog.Reader() {
                @Override
                public boolean take(TailRecord record) {
                    boolean goes = own.isSealed(record) || isThere(record, own, stored);
                    if (goes) {
                        upTo[0] = record.offset() + 1;
                    }
                    return goes;
                }

                @Override
                public boolean unreadable(long offset) {
                    // A later version may have written it, and its server was told that it is safe.
                    return false;
                }
            });
        } finally {
            clusters.values().forEach(cluster -> cluster.map(Compared::pieces).ifPresent(SealedPieces::close));
            clusters.clear();
        }
        if (upTo[0] > span.first()) {
            log.trim(upTo[0]);
            LOG.atDebug().addKeyValue("before", upTo[0]).log("tail trimmed");
        }
        return upTo[0] - span.first();
    }

    private boolean isThere(TailRecord record, Own own, StoredWal stored) {
        Optional<Compared> cluster = clusters.computeIfAbsent(
                record.system(),
                system -> archivers.of(system).map(archiver -> new Compared(archiver, archiver.sealedPieces())));
        if (cluster.isEmpty()) {
            return false;
        }
        WalArchive archive = cluster.get().archiver().archive();
        Optional<byte[]> there = stored.fromSegment(archive, record.piece());
        if (there.isEmpty() && !own.isReceived(record)) {
            there = stored.fromPieces(archive, record.piece());
        }
        return there.isPresent() && isSame(record, cluster.get(), there.get());
    }

    private boolean isSame(TailRecord record, Compared cluster, byte[] there) {
        Archiver archiver = cluster.archiver();
        WalPiece piece = record.piece();
        try {
            if (Arrays.equals(there, record.open(cluster.pieces()))) {
                return true;
            }
        } catch (CorruptDataException damaged) {
            tell(record, archiver, "record " + record.offset() + " of the tail", damaged);
            return false;
        }
        tell(
                record,
                archiver,
                "the tail at " + piece.from(),
                new OperatorActionException(
                        FailureCode.WAL_CONFLICT,
                        "another writer has put other wal into the tail for " + piece.from() + " to " + piece.to()
                                + " of timeline " + piece.segment().timeline() + " than the repository has",
                        "Two servers may be running on one timeline. Stop one of them; nothing is removed from the"
                                + " tail from there on."));
        return false;
    }

    private void tell(TailRecord record, Archiver archiver, String object, PlatformException fault) {
        if (record.offset() != told) {
            told = record.offset();
            archiver.tell(Severity.CRITICAL, object, fault);
        }
    }
}

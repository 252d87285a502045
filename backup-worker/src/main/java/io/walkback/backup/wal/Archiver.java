package io.walkback.backup.wal;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.event.EventIds;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.wal.CommitTimes;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.StoreOutcome;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stores segments and history files of one lineage and tells about it. Thread-safe.
final class Archiver {
    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);

    private final DatabaseId database;
    private final SystemIdentifier system;
    private final int segmentSize;
    private final Lineage lineage;
    private final WalArchive archive;
    private final WalArchive pieces;
    private final WalSource source;
    private final Announcements announcements;
    private final Clock clock;
    /// Of each timeline whose history file is in the repository.
    private final Map<TimelineId, List<TimelineHistory.Branch>> ancestors = new ConcurrentHashMap<>();

    /// @param lineage segments and histories are stored through it
    /// @param pieces  the same lineage, and pieces are stored through it: with a lock that ends sooner
    /// @param source  the way by which all of it came
    Archiver(
            LineageRepository lineage,
            LineageRepository pieces,
            WalSource source,
            Announcements announcements,
            Clock clock) {
        this.source = source;
        this.database = lineage.lineage().database();
        this.system = lineage.lineage().system();
        this.segmentSize = lineage.lineage().geometry().walSegmentSize();
        this.lineage = lineage.lineage();
        this.archive = lineage.wal();
        this.pieces = pieces.wal();
        this.announcements = announcements;
        this.clock = clock;
    }

    WalArchive archive() {
        return archive;
    }

    /// How far pieces of a segment reach from its beginning without a hole.
    DurablePrefix pieced(WalSegment segment) {
        DurablePrefix stored = new DurablePrefix(segment.start());
        archive.pieces(segment).forEach(piece -> stored.add(piece.from(), piece.to()));
        return stored;
    }

    /// For records of a tail of this lineage; the caller closes it.
    SealedPieces sealedPieces() {
        return new SealedPieces(lineage);
    }

    SystemIdentifier system() {
        return system;
    }

    int segmentSize() {
        return segmentSize;
    }

    /// Makes a segment durable and tells so. Other content under its name is told as an incident and thrown.
    WalObject seal(SegmentReceiver.Whole whole) {
        return seal(whole.segment(), whole.content().read(), whole::summary);
    }

    /// The same of what is looked at while it is read.
    ///
    /// @param summary asked for after `content` was read to its end
    WalObject seal(WalSegment segment, InputStream content, Supplier<SegmentSummary> summary) {
        StoreOutcome outcome = conflictTold(
                segment.fileName(), () -> archive.putSegment(segment, content, () -> times(summary.get())));
        WalObject stored = archive.findSegment(segment)
                .orElseThrow(() -> new IllegalStateException("segment " + segment + " is not there after it was put"));
        announcements.tell(new WalSegmentArchived(
                EventIds.header("wal-segment-archived", database, system + " " + segment.fileName(), clock.instant()),
                system,
                segment.timeline(),
                segment.fileName(),
                segment.start(),
                segment.end(),
                stored.storedLength(),
                stored.sha256(),
                source,
                summary.get().firstCommit(),
                summary.get().lastCommit(),
                ancestors.get(segment.timeline())));
        LOG.atDebug()
                .addKeyValue("databaseId", database)
                .addKeyValue("segment", segment)
                .addKeyValue("outcome", outcome)
                .addKeyValue("storedBytes", stored.storedLength())
                .log("wal segment archived");
        return stored;
    }

    /// Makes a piece of an unfinished segment durable.
    void keep(WalPiece piece, byte[] content) {
        var _ = conflictTold(
                piece.segment().fileName() + " from " + piece.from(), () -> pieces.putPiece(piece, content));
        LOG.atDebug()
                .addKeyValue("databaseId", database)
                .addKeyValue("segment", piece.segment())
                .addKeyValue("lsn", piece.to())
                .log("piece of an unfinished wal segment archived");
    }

    /// Deletes pieces that a stored one has all bytes of. Those that are locked, or that the store does not delete
    /// now, stay until their segment is stored.
    void drop(List<WalPiece> parts) {
        try {
            parts.forEach(pieces::dropPiece);
        } catch (PlatformException later) {
            LOG.atWarn()
                    .setCause(later)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("failureCode", later.code())
                    .log("pieces of an unfinished wal segment are left behind; they go when it is stored");
        }
    }

    /// Deletes the pieces of a segment that is stored. Those that are locked, or that the store does not delete
    /// now, stay until the segment expires.
    void dropPieces(WalSegment segment) {
        try {
            pieces.dropPieces(segment);
        } catch (PlatformException later) {
            LOG.atWarn()
                    .setCause(later)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("segment", segment)
                    .addKeyValue("failureCode", later.code())
                    .log("pieces of a stored wal segment are left behind; they go when it expires");
        }
    }

    /// Stores the history of a timeline, the first thing that is stored of it (pitfall 4).
    void history(TimelineId timeline, byte[] content) {
        StoreOutcome outcome = conflictTold(timeline.historyFileName(), () -> archive.putHistory(timeline, content));
        ancestors.put(timeline, TimelineHistory.parse(timeline, content).ancestors());
        LOG.atInfo()
                .addKeyValue("databaseId", database)
                .addKeyValue("timeline", timeline)
                .addKeyValue("outcome", outcome)
                .log("timeline history archived");
    }

    /// Declares that the server no longer has what lies between `from` and `to`.
    void gap(TimelineId timeline, Lsn from, Lsn to, String cause) {
        String gapId = system + "/" + timeline + "/" + from;
        LOG.atError()
                .addKeyValue("databaseId", database)
                .addKeyValue("timeline", timeline)
                .addKeyValue("from", from)
                .addKeyValue("to", to)
                .log("wal is missing: moments in it cannot be recovered");
        announcements.tell(new WalGapDetected(
                EventIds.header("wal-gap-detected", database, gapId + " " + to, clock.instant()),
                gapId,
                system,
                timeline,
                from,
                to,
                cause,
                lastCommitBefore(timeline, from),
                null,
                // Nobody fills it from here; a base backup is for whoever reads this to order.
                GapAction.NONE));
    }

    private @Nullable Instant lastCommitBefore(TimelineId timeline, Lsn position) {
        if (position.bytes() < segmentSize) {
            return null;
        }
        return archive.findSegment(WalSegment.endingAt(timeline, position, segmentSize))
                .flatMap(WalObject::commitTimes)
                .map(CommitTimes::last)
                .orElse(null);
    }

    private interface Put {
        StoreOutcome run();
    }

    private StoreOutcome conflictTold(String object, Put put) {
        try {
            return put.run();
        } catch (PlatformException fault) {
            if (fault.code() == FailureCode.WAL_CONFLICT) {
                tell(Severity.CRITICAL, object, fault);
            }
            throw fault;
        }
    }

    /// Tells that something of this lineage is not as it must be.
    void tell(Severity severity, String object, PlatformException fault) {
        announcements.tell(finding(database, system, severity, object, fault, clock.instant()));
    }

    /// What is told of a fault; told again it has the same id.
    static RepositoryFinding finding(
            DatabaseId database,
            SystemIdentifier system,
            Severity severity,
            String object,
            PlatformException fault,
            Instant at) {
        String findingId = fault.code() + "/" + system + "/" + object;
        return new RepositoryFinding(
                EventIds.header("repository-finding", database, findingId, at),
                findingId,
                severity,
                new Problem(fault.code(), fault.text(), fault.hint()),
                object,
                List.of());
    }

    private static Optional<CommitTimes> times(SegmentSummary summary) {
        Instant first = summary.firstCommit();
        Instant last = summary.lastCommit();
        return first == null || last == null ? Optional.empty() : Optional.of(new CommitTimes(first, last));
    }
}

package io.walkback.repository.wal;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The WAL of one lineage. Thread-safe. When a put returns, the bytes are durable and were read back (P1, P6).
///
/// Failures beside the store's own: other content under a taken name is
/// [io.walkback.domain.OperatorActionException] `WAL_CONFLICT`; a stream of another length than the segment's is
/// `WAL_INVALID`; damage of a stored object is [io.walkback.domain.CorruptDataException] and names it.
public final class WalArchive {
    /// A history file has one short line a promotion; nothing sane is longer.
    public static final int LONGEST_HISTORY = 1 << 20;

    private static final Pattern PIECE = Pattern.compile("([0-9A-F]{16})-([0-9A-F]{16})");
    /// Below a timeline's folder.
    private static final Pattern OF_SEGMENT = Pattern.compile("([0-9A-F]{24})\\.partial/" + PIECE.pattern());

    private final Lineage lineage;
    private final WalObjects objects;

    public WalArchive(Lineage lineage) {
        this.lineage = lineage;
        this.objects = new WalObjects(lineage);
    }

    /// Stores a complete segment.
    ///
    /// @param plain exactly the segment's bytes, headers already checked; not closed here
    public StoreOutcome putSegment(WalSegment segment, InputStream plain, Optional<CommitTimes> times) {
        return putSegment(segment, plain, () -> times);
    }

    /// Stores a complete segment whose headers are checked while it is read: what `plain` throws keeps the segment from
    /// being stored.
    ///
    /// @param times asked for after `plain` was read to its end
    public StoreOutcome putSegment(WalSegment segment, InputStream plain, Supplier<Optional<CommitTimes>> times) {
        return objects.put(name(segment), plain, times);
    }

    /// A complete segment; empty only when the store said that there is none.
    public Optional<WalObject> findSegment(WalSegment segment) {
        return objects.find(name(segment));
    }

    /// Whether the segment is there, without reading it.
    public boolean contains(WalSegment segment) {
        return lineage.store().size(name(segment).key()).isPresent();
    }

    /// The segments of a timeline between two positions that are not there, in order, at most `limit` of them.
    /// Asks for each by name.
    public List<WalSegment> missing(TimelineId timeline, Lsn start, Lsn stop, int limit) {
        return covering(timeline, start, stop)
                .filter(segment -> !contains(segment))
                .limit(limit)
                .toList();
    }

    /// The segments of a timeline that the bytes between two positions lie in, whether they are there or not.
    public Stream<WalSegment> covering(TimelineId timeline, Lsn start, Lsn stop) {
        int size = lineage.geometry().walSegmentSize();
        WalSegment last = WalSegment.endingAt(timeline, Lsn.max(stop, start.plus(1)), size);
        return Stream.iterate(
                WalSegment.containing(timeline, start, size),
                segment -> segment.compareTo(last) <= 0,
                WalSegment::next);
    }

    /// The id of the data key that a segment is sealed with; empty where it is not there, or nothing is sealed.
    /// Reads its header.
    public Optional<UUID> dataKey(WalSegment segment) {
        return objects.dataKey(name(segment));
    }

    /// The same of a timeline's history.
    public Optional<UUID> historyDataKey(TimelineId timeline) {
        return objects.dataKey(history(timeline, 0));
    }

    /// The complete segments of a timeline as ranges without holes, in order. Costs what [#listing] does.
    public List<SegmentRange> ranges(TimelineId timeline) {
        return listing(timeline).ranges();
    }

    /// What there is of a timeline. Lists it once; takes one bit for each segment since the log began, and some
    /// bytes for each range.
    public WalListing listing(TimelineId timeline) {
        int size = lineage.geometry().walSegmentSize();
        BitSet present = new BitSet();
        long lastPieced = -1;
        try (BlobListing<BlobEntry> listing = lineage.store().list(lineage.wal(timeline))) {
            while (listing.hasNext()) {
                String name = listing.next()
                        .key()
                        .value()
                        .substring(lineage.wal(timeline).value().length());
                if (WalSegment.isSegmentName(name)) {
                    present.set(Math.toIntExact(WalSegment.parse(name, size).number()));
                    continue;
                }
                Matcher piece = OF_SEGMENT.matcher(name);
                if (piece.matches()) {
                    lastPieced = Math.max(
                            lastPieced, WalSegment.parse(piece.group(1), size).number());
                }
            }
        }
        List<SegmentRange> ranges = new ArrayList<>();
        for (int first = present.nextSetBit(0); first >= 0; ) {
            int end = present.nextClearBit(first);
            ranges.add(
                    new SegmentRange(new WalSegment(timeline, first, size), new WalSegment(timeline, end - 1L, size)));
            first = present.nextSetBit(end);
        }
        return new WalListing(
                ranges, lastPieced < 0 ? Optional.empty() : Optional.of(new WalSegment(timeline, lastPieced, size)));
    }

    /// Stores a piece of a segment that is not complete yet, under a name of its own.
    public StoreOutcome putPiece(WalPiece piece, byte[] bytes) {
        return objects.put(name(piece), new ByteArrayInputStream(bytes), Optional::empty);
    }

    public Optional<WalObject> findPiece(WalPiece piece) {
        return objects.find(name(piece));
    }

    /// The stored pieces of a segment, by their start, then their end.
    public List<WalPiece> pieces(WalSegment segment) {
        List<WalPiece> pieces = new ArrayList<>();
        try (BlobListing<BlobEntry> listing = lineage.store().list(lineage.partials(segment))) {
            while (listing.hasNext()) {
                Matcher name = PIECE.matcher(listing.next().key().name());
                if (name.matches()) {
                    pieces.add(new WalPiece(segment, lsn(name.group(1)), lsn(name.group(2))));
                }
            }
        }
        pieces.sort(Comparator.comparing(WalPiece::from).thenComparing(WalPiece::to));
        return pieces;
    }

    /// Removes one piece, whose bytes another one has.
    public void dropPiece(WalPiece piece) {
        lineage.store().delete(name(piece).key());
    }

    /// Removes the pieces of a segment, once the whole of it is stored. Does nothing before that.
    public void dropPieces(WalSegment segment) {
        if (contains(segment)) {
            for (WalPiece piece : pieces(segment)) {
                lineage.store().delete(name(piece).key());
            }
        }
    }

    /// Stores a timeline history file (pitfall 4: the first one stays).
    public StoreOutcome putHistory(TimelineId timeline, byte[] content) {
        if (content.length > LONGEST_HISTORY) {
            throw new IllegalArgumentException("a history file of " + content.length + " bytes");
        }
        return objects.put(history(timeline, content.length), new ByteArrayInputStream(content), Optional::empty);
    }

    public Optional<WalObject> findHistory(TimelineId timeline) {
        return objects.find(history(timeline, 0));
    }

    /// The timelines whose history files are here, in order. Timeline 1 has none.
    public List<TimelineId> histories() {
        List<TimelineId> timelines = new ArrayList<>();
        try (BlobListing<BlobEntry> listing = lineage.store().list(lineage.histories())) {
            while (listing.hasNext()) {
                String name = listing.next().key().name();
                if (name.matches("[0-9A-F]{8}\\.history")) {
                    timelines.add(new TimelineId(Integer.parseUnsignedInt(name, 0, 8, 16)));
                }
            }
        }
        timelines.sort(null);
        return timelines;
    }

    private WalObjects.Name name(WalSegment segment) {
        if (segment.size() != lineage.geometry().walSegmentSize()) {
            throw new IllegalArgumentException("segment " + segment + " of " + segment.size()
                    + " bytes in a lineage of " + lineage.geometry().walSegmentSize());
        }
        return wal(lineage.segment(segment), segment, segment.start(), segment.end());
    }

    private WalObjects.Name name(WalPiece piece) {
        WalSegment segment = piece.segment();
        return wal(lineage.partial(segment, piece.from(), piece.to()), segment, piece.from(), piece.to());
    }

    private static WalObjects.Name wal(BlobKey key, WalSegment segment, Lsn from, Lsn to) {
        return new WalObjects.Name(
                key, ObjectKind.WAL, segment.timeline().value(), OptionalLong.of(from.bytes()), to.minus(from));
    }

    private WalObjects.Name history(TimelineId timeline, long length) {
        return new WalObjects.Name(
                lineage.history(timeline), ObjectKind.HISTORY, timeline.value(), OptionalLong.empty(), length);
    }

    private static Lsn lsn(String hex) {
        return new Lsn(Long.parseUnsignedLong(hex, 16));
    }
}

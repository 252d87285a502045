package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.domain.FailureCode;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.WalSource;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalPiece;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// P6: what a tail holds is in the repository when it was drained, whoever wrote it and in whatever order.
@Timeout(60)
class TailDrainTest {
    private static final long FIRST = 5;
    private static final int STEP = 100_000;
    private static final UUID OTHER = new UUID(0, 2);

    private final PushedWal wal = new PushedWal();
    private final MemoryTail tail = new MemoryTail();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Store store;
    private final LineageRepository lineage;
    private final WalArchive archive;
    private final Spools spools;

    TailDrainTest(@TempDir Path directory) {
        store = new Store(directory.resolve("repository"));
        lineage = store.repository.forWriting(Cluster.SHOP, PushedWal.SYSTEM, geometry());
        archive = lineage.wal();
        spools = new Spools(directory.resolve("spool/shop.segment"));
    }

    private static ClusterGeometry geometry() {
        return new ClusterGeometry(PushedWal.SIZE, ClusterGeometry.BLOCK_SIZE);
    }

    @AfterEach
    void close() {
        spools.close();
        store.close();
    }

    private boolean drain() {
        return new TailDrain(
                        system -> store.repository
                                .find(Cluster.SHOP, system)
                                .map(found ->
                                        new Archiver(found, found, WalSource.STREAM, events::add, Clock.systemUTC())),
                        spools,
                        new Keeping.Pace(new Semaphore(2), Duration.ofHours(1)))
                .run(tail, tail.span());
    }

    private static WalSegment segment(long number) {
        return PushedWal.name(1, number);
    }

    private void add(UUID writer, WalSegment segment, byte[] content, int from, int to) {
        tail.add(lineage.lineage(), writer, segment, content, from, to, STEP);
    }

    private void addWhole(long number) {
        add(MemoryTail.WRITER, segment(number), wal.segment(1, number), 0, PushedWal.SIZE);
    }

    private void store(WalSegment segment, byte[] content) {
        archive.putSegment(segment, new ByteArrayInputStream(content), Optional.empty());
    }

    private void keep(WalSegment segment, byte[] content, int from, int to) {
        byte[] bytes = Arrays.copyOfRange(content, from, to);
        archive.putPiece(
                new WalPiece(
                        segment, segment.start().plus(from), segment.start().plus(to)),
                bytes);
    }

    private byte[] stored(WalSegment segment) {
        return archive.findSegment(segment).orElseThrow().readAll();
    }

    private List<FailureCode> incidents() {
        return events.stream()
                .filter(RepositoryFinding.class::isInstance)
                .map(event -> ((RepositoryFinding) event).problem().code())
                .toList();
    }

    @Test
    void wholeSegmentsAreSealedAndTheRestIsKeptAsAPieceAlsoWhereTwoWritersOverlap() {
        // Given
        byte[] five = wal.segment(1, FIRST);
        byte[] six = wal.segment(1, FIRST + 1);
        add(MemoryTail.WRITER, segment(FIRST), five, 0, 700_000);
        add(OTHER, segment(FIRST), five, 650_000, PushedWal.SIZE);
        add(OTHER, segment(FIRST + 1), six, 30_000, 400_000);
        add(MemoryTail.WRITER, segment(FIRST + 1), six, 0, 50_000);
        // When
        assertThat(drain()).isTrue();
        // Then
        assertThat(stored(segment(FIRST))).isEqualTo(five);
        assertThat(archive.pieces(segment(FIRST + 1))).singleElement().satisfies(piece -> {
            assertThat(piece.to()).isEqualTo(segment(FIRST + 1).start().plus(400_000));
            assertThat(archive.findPiece(piece).orElseThrow().readAll()).isEqualTo(Arrays.copyOf(six, 400_000));
        });
        assertThat(incidents()).isEmpty();
    }

    @Test
    void aHoleThatAWholeStoredSegmentOrAPieceFillsDoesNotEndTheFeed() {
        // Given
        addWhole(FIRST);
        store(segment(FIRST + 1), wal.segment(1, FIRST + 1));
        byte[] seven = wal.segment(1, FIRST + 2);
        keep(segment(FIRST + 2), seven, 0, 150_000);
        add(MemoryTail.WRITER, segment(FIRST + 2), seven, 120_000, PushedWal.SIZE);
        // When
        assertThat(drain()).isTrue();
        // Then
        assertThat(stored(segment(FIRST))).isNotEmpty();
        assertThat(stored(segment(FIRST + 2))).isEqualTo(seven);
        assertThat(archive.pieces(segment(FIRST + 2))).isEmpty();
    }

    @Test // what lies behind it may be needed, and nobody was told that it is safe
    void whatLiesBehindAHoleThatNothingFillsIsKeptAsPieces() {
        byte[] five = wal.segment(1, FIRST);
        add(MemoryTail.WRITER, segment(FIRST), five, 0, 200_000);
        add(MemoryTail.WRITER, segment(FIRST), five, 300_000, 400_000);
        // When
        assertThat(drain()).isTrue();
        // Then
        assertThat(archive.pieces(segment(FIRST)))
                .extracting(WalPiece::from)
                .containsExactly(segment(FIRST).start(), segment(FIRST).start().plus(300_000));
    }

    @Test // pitfall 2
    void aConflictOnOneTimelineIsAnIncidentAndKeepsNothingOfTheOthersFromTheRepository() {
        // Given
        byte[] five = wal.segment(1, FIRST);
        add(MemoryTail.WRITER, segment(FIRST), five, 0, PushedWal.SIZE);
        addWhole(FIRST + 1);
        store(segment(FIRST + 1), new byte[PushedWal.SIZE]);
        WalSegment younger = PushedWal.name(2, FIRST + 3);
        byte[] content = new PushedWal().segment(2, FIRST + 3);
        add(MemoryTail.WRITER, younger, content, 0, PushedWal.SIZE);
        // When
        assertThat(drain()).as("not all of it is in the repository").isFalse();
        // Then
        assertThat(stored(younger)).isEqualTo(content);
        assertThat(incidents()).contains(FailureCode.WAL_CONFLICT);
    }

    @Test // pitfall 2
    void whereTwoWritersDifferNothingOfTheOtherOneIsPutBehindTheFirst() {
        // Given
        byte[] five = wal.segment(1, FIRST);
        byte[] other = five.clone();
        other[460_000] ^= 1;
        add(MemoryTail.WRITER, segment(FIRST), five, 0, 500_000);
        add(OTHER, segment(FIRST), other, 450_000, PushedWal.SIZE);
        // When
        assertThat(drain()).isFalse();
        // Then
        assertThat(archive.contains(segment(FIRST))).isFalse();
        assertThat(archive.pieces(segment(FIRST))).last().satisfies(piece -> assertThat(piece.to())
                .isEqualTo(segment(FIRST).start().plus(500_000)));
        assertThat(incidents()).contains(FailureCode.WAL_CONFLICT);
    }

    @Test
    void notAllIsInTheRepositoryWhereARecordCannotBeRead() {
        addWhole(FIRST);
        tail.unreadable.add(0L);
        assertThat(drain()).isFalse();
    }

    @Test
    void aRecordThatIsDamagedIsToldAndTheSameBytesOfAnotherWriterAreTaken() {
        byte[] five = wal.segment(1, FIRST);
        add(MemoryTail.WRITER, segment(FIRST), five, 0, 100_000);
        tail.addDamaged(lineage.lineage(), segment(FIRST), five, 100_000, 200_000);
        add(MemoryTail.WRITER, segment(FIRST), five, 200_000, PushedWal.SIZE);
        add(OTHER, segment(FIRST), five, 100_000, 200_000);
        // When
        assertThat(drain()).isTrue();
        // Then
        assertThat(stored(segment(FIRST))).isEqualTo(five);
        assertThat(incidents()).isNotEmpty();
    }

    @Test // pitfall 36
    void whatIsOfAReplacedClusterGoesToItsOwnPartAndWhatIsOfAnUnknownOneStays() {
        // Given
        addWhole(FIRST);
        LineageRepository adopted = store.repository.adopt(Cluster.SHOP, new SystemIdentifier(9), geometry());
        byte[] content = new PushedWal(new SystemIdentifier(9)).segment(1, FIRST);
        tail.add(adopted.lineage(), OTHER, segment(FIRST), content, 0, PushedWal.SIZE, STEP);
        // When
        assertThat(drain()).isTrue();
        // Then
        assertThat(stored(segment(FIRST))).hasSize(PushedWal.SIZE);
        assertThat(adopted.wal().findSegment(segment(FIRST)).orElseThrow().readAll())
                .isEqualTo(content);
        // Given
        try (Store elsewhere = new Store(store.directory.resolveSibling("elsewhere"))) {
            LineageRepository unknown =
                    elsewhere.repository.forWriting(Cluster.SHOP, new SystemIdentifier(11), geometry());
            tail.add(unknown.lineage(), OTHER, segment(FIRST), content, 0, STEP, STEP);
        }
        // Then
        assertThat(drain()).isFalse();
    }

    @Test
    void twoWritersThatDisagreeAboutABytesPlaceAreAnIncident() {
        byte[] five = wal.segment(1, FIRST);
        byte[] other = five.clone();
        other[150_000] ^= 1;
        add(MemoryTail.WRITER, segment(FIRST), five, 0, 200_000);
        add(OTHER, segment(FIRST), other, 120_000, 210_000);
        // When
        assertThat(drain()).isFalse();
        // Then
        assertThat(incidents()).containsExactly(FailureCode.WAL_CONFLICT);
    }

    @Test
    void nothingIsWrittenWhereTheRepositoryHasItAll() {
        store(segment(FIRST), wal.segment(1, FIRST));
        byte[] six = wal.segment(1, FIRST + 1);
        keep(segment(FIRST + 1), six, 0, 300_000);
        add(MemoryTail.WRITER, segment(FIRST), new PushedWal().segment(1, FIRST), 0, PushedWal.SIZE);
        add(MemoryTail.WRITER, segment(FIRST + 1), six, 0, 250_000);
        // When
        assertThat(drain()).isTrue();
        // Then
        assertThat(events).isEmpty();
        assertThat(archive.pieces(segment(FIRST + 1))).hasSize(1);
        assertThat(archive.ranges(TimelineId.FIRST)).hasSize(1);
    }
}

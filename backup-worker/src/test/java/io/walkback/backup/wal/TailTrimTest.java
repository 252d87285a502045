package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.backup.StoreOutage;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.WalSource;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.wal.WalPiece;
import io.walkback.tail.TailRecord;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// P2: nothing goes from a tail that cannot be read from the repository.
class TailTrimTest {
    private static final long FIRST = 5;
    private static final int STEP = 200_000;
    /// Of an earlier connection, or of another process.
    private static final UUID OTHER = new UUID(0, 2);

    private final PushedWal wal = new PushedWal();
    private final MemoryTail tail = new MemoryTail();
    private final StoreOutage outage = new StoreOutage();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Store store;
    private final LineageRepository lineage;
    private final TailTrim trim;

    TailTrimTest(@TempDir Path directory) {
        store = new Store(directory.resolve("repository"), outage);
        lineage = store.repository.forWriting(Cluster.SHOP, PushedWal.SYSTEM, geometry());
        trim = new TailTrim(system -> store.repository
                .find(Cluster.SHOP, system)
                .map(found -> new Archiver(found, found, WalSource.STREAM, events::add, Clock.systemUTC())));
    }

    private static ClusterGeometry geometry() {
        return new ClusterGeometry(PushedWal.SIZE, ClusterGeometry.BLOCK_SIZE);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static WalSegment segment(long number) {
        return PushedWal.name(1, number);
    }

    private byte[] add(UUID writer, WalSegment segment) {
        byte[] content = wal.segment(segment.timeline().value(), segment.number());
        tail.add(lineage.lineage(), writer, segment, content, 0, PushedWal.SIZE, STEP);
        return content;
    }

    private void store(LineageRepository where, WalSegment segment, byte[] content) {
        where.wal().putSegment(segment, new ByteArrayInputStream(content), Optional.empty());
    }

    private void keep(WalSegment segment, byte[] content, int from, int to) {
        lineage.wal()
                .putPiece(
                        new WalPiece(
                                segment,
                                segment.start().plus(from),
                                segment.start().plus(to)),
                        Arrays.copyOfRange(content, from, to));
    }

    private void run(int timeline, Lsn sealed) {
        var _ = trim.run(tail, new TailTrim.Own(PushedWal.SYSTEM, new TimelineId(timeline), MemoryTail.WRITER, sealed));
    }

    private List<WalSegment> left() {
        return tail.left().stream()
                .map(TailRecord::piece)
                .map(WalPiece::segment)
                .distinct()
                .toList();
    }

    private List<FailureCode> incidents() {
        return events.stream()
                .map(event -> ((RepositoryFinding) event).problem().code())
                .toList();
    }

    @Test // a later version may have written it, and its server was told that it is safe
    void nothingGoesFromARecordOnThatCannotBeRead() {
        // Given
        store(lineage, segment(FIRST), add(MemoryTail.WRITER, segment(FIRST)));
        int all = tail.left().size();
        tail.unreadable.add(2L);
        // When
        run(1, segment(FIRST + 1).start());
        // Then
        assertThat(tail.left()).hasSize(all - 2);
    }

    @Test
    void whatThisConnectionWroteGoesOnceItHasSealedTheSegmentAndTheStoreIsNotAsked() {
        // Given
        add(MemoryTail.WRITER, segment(FIRST));
        add(MemoryTail.WRITER, segment(FIRST + 1));
        outage.begin();
        // When
        try {
            run(1, segment(FIRST + 1).end());
        } finally {
            outage.end();
        }
        // Then
        assertThat(left()).isEmpty();
        assertThat(outage.refused()).isZero();
    }

    @Test // that a segment is there does not say that it is ours, nor that it can be read
    void whatThisConnectionWroteStaysWhereTheSegmentThatIsThereIsNotTheOneThatItStored() {
        // Given
        byte[] content = add(MemoryTail.WRITER, segment(FIRST));
        byte[] other = content.clone();
        other[PushedWal.SIZE - 1] ^= 1;
        store(lineage, segment(FIRST), other);
        // When
        run(1, segment(FIRST).start());
        // Then
        assertThat(left()).containsExactly(segment(FIRST));
        assertThat(tail.left().getFirst().piece().to())
                .as("records before the difference are the same")
                .isEqualTo(segment(FIRST).end());
        assertThat(incidents()).containsExactly(FailureCode.WAL_CONFLICT);
    }

    @Test // pitfall 2: two servers on one timeline, one after the other at one address
    void whatAnotherConnectionWroteIsComparedWithWhatIsStoredAndToldOnceWhereItIsDifferent() {
        // Given
        byte[] five = add(OTHER, segment(FIRST));
        store(lineage, segment(FIRST), five);
        byte[] six = add(OTHER, segment(FIRST + 1));
        six[10] ^= 1;
        store(lineage, segment(FIRST + 1), six);
        // When
        run(1, segment(FIRST + 1).end());
        run(1, segment(FIRST + 1).end());
        // Then
        assertThat(left()).containsExactly(segment(FIRST + 1));
        assertThat(incidents()).containsExactly(FailureCode.WAL_CONFLICT);
    }

    @Test
    void whatIsNotThereStaysAndKeepsAllThatFollows() {
        byte[] five = add(OTHER, segment(FIRST));
        byte[] six = add(OTHER, segment(FIRST + 1));
        store(lineage, segment(FIRST + 1), six);
        keep(segment(FIRST), five, 0, PushedWal.SIZE);
        // When
        run(1, segment(FIRST).start());
        // Then
        assertThat(left())
                .as("pieces of the timeline that is received do not do")
                .hasSize(2);
        assertThat(incidents()).isEmpty();
    }

    @Test // design.md 6: at a timeline switch the old timeline's last piece is stored first
    void whatIsOfATimelineThatWasLeftGoesWhenPiecesHoldAllOfItAndTheSame() {
        // Given
        byte[] five = wal.segment(1, FIRST);
        tail.add(lineage.lineage(), OTHER, segment(FIRST), five, 0, 300_000, 150_000);
        keep(segment(FIRST), five, 0, 250_000);
        // When
        run(2, segment(FIRST).start());
        // Then
        assertThat(tail.left()).as("the second record is not there whole").hasSize(1);
        // When
        keep(segment(FIRST), five, 250_000, 300_000);
        run(2, segment(FIRST).start());
        // Then
        assertThat(tail.left()).isEmpty();
        assertThat(incidents()).isEmpty();
        // Given
        tail.add(lineage.lineage(), OTHER, segment(FIRST), new byte[300_000], 0, 300_000, 150_000);
        // When
        run(2, segment(FIRST).start());
        // Then
        assertThat(tail.left()).hasSize(2);
        assertThat(incidents()).containsExactly(FailureCode.WAL_CONFLICT);
    }

    @Test // pitfall 36: records of a cluster that another one replaced must not hold up trimming for ever
    void whatIsOfAReplacedClusterGoesWhenItsOwnPartOfTheRepositoryHasItAndWhatIsOfAnUnknownOneStays() {
        // Given
        LineageRepository adopted = store.repository.adopt(Cluster.SHOP, new SystemIdentifier(9), geometry());
        byte[] content = add(OTHER, segment(FIRST));
        TailTrim.Own own = new TailTrim.Own(
                new SystemIdentifier(9),
                TimelineId.FIRST,
                MemoryTail.WRITER,
                segment(FIRST).end());
        tail.add(adopted.lineage(), MemoryTail.WRITER, segment(FIRST), content, 0, PushedWal.SIZE, STEP);
        // When
        var _ = trim.run(tail, own);
        // Then
        assertThat(tail.left()).as("it is stored nowhere").hasSize(12);
        // When
        keep(segment(FIRST), content, 0, PushedWal.SIZE);
        var _ = trim.run(tail, own);
        // Then
        assertThat(tail.left()).isEmpty();
        // Given
        try (Store elsewhere = new Store(store.directory.resolveSibling("elsewhere"))) {
            LineageRepository unknown =
                    elsewhere.repository.forWriting(Cluster.SHOP, new SystemIdentifier(11), geometry());
            tail.add(unknown.lineage(), OTHER, segment(FIRST), content, 0, STEP, STEP);
        }
        // When
        var _ = trim.run(tail, own);
        // Then
        assertThat(tail.left()).hasSize(1);
    }

    @Test
    void aDamagedRecordStaysAndIsAnIncident() {
        byte[] five = wal.segment(1, FIRST);
        tail.addDamaged(lineage.lineage(), segment(FIRST), five, 0, 100_000);
        store(lineage, segment(FIRST), five);
        // When
        run(1, segment(FIRST).start());
        // Then
        assertThat(tail.left()).hasSize(1);
        assertThat(incidents()).hasSize(1);
    }
}

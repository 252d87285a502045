package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.wal.WalPiece;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is received becomes durable, in order for the server, or nothing more is.
@Timeout(60)
class KeepingTest {
    private static final long FIRST = 5;

    private final PushedWal wal = new PushedWal();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<Lsn> durable = new CopyOnWriteArrayList<>();
    private final List<WalSegment> sealed = new CopyOnWriteArrayList<>();
    private final AtomicBoolean elsewhere = new AtomicBoolean();
    private final AtomicInteger stopped = new AtomicInteger();
    private final Store store;
    private final LineageRepository lineage;
    private final Spools spools;

    KeepingTest(@TempDir Path directory) {
        store = new Store(directory.resolve("repository"));
        lineage = store.repository.forWriting(
                Cluster.SHOP, PushedWal.SYSTEM, new ClusterGeometry(PushedWal.SIZE, ClusterGeometry.BLOCK_SIZE));
        spools = new Spools(directory.resolve("spool/shop.segment"));
    }

    @AfterEach
    void close() {
        spools.close();
        store.close();
    }

    private Keeping keeping(Duration pieceEvery) {
        return new Keeping(
                new Archiver(lineage, lineage, WalSource.STREAM, events::add, Clock.systemUTC()),
                spools,
                new Keeping.Pace(new Semaphore(2), pieceEvery),
                segment(FIRST),
                new Keeping.Progress() {
                    @Override
                    public void sealed(WalSegment segment) {
                        sealed.add(segment);
                    }

                    @Override
                    public void durable(Lsn end) {
                        durable.add(end);
                    }

                    @Override
                    public void heard(Lsn end) {}

                    @Override
                    public void stop() {
                        stopped.incrementAndGet();
                    }
                },
                new Keeping.Elsewhere(elsewhere::get, Duration.ofMillis(100)));
    }

    private SegmentReceiver receiver(Keeping keeping) {
        return new SegmentReceiver(
                new io.walkback.postgres.wal.WalSource(
                        15, PushedWal.SYSTEM, TimelineHistory.root(TimelineId.FIRST), PushedWal.SIZE),
                segment(FIRST).start(),
                spools,
                keeping);
    }

    private static WalSegment segment(long number) {
        return PushedWal.name(1, number);
    }

    private static void receive(SegmentReceiver receiver, WalSegment segment, byte[] content, int from, int to) {
        for (int at = from; at < to; at += 100_000) {
            receiver.data(segment.start().plus(at), content, at, Math.min(100_000, to - at));
        }
    }

    @Test // P6, pitfalls 1, 11
    void manySegmentsBecomeDurableAndWhatIsToldIsTheirPrefix() throws Exception {
        // When
        try (Keeping keeping = keeping(Duration.ofHours(1));
                SegmentReceiver receiver = receiver(keeping)) {
            keeping.begin(receiver);
            for (long number = FIRST; number < FIRST + 10; number++) {
                receive(receiver, segment(number), wal.segment(1, number), 0, PushedWal.SIZE);
            }
            keeping.finish();
        }
        // Then
        assertThat(durable).isSorted().last().isEqualTo(segment(FIRST + 10).start());
        assertThat(lineage.wal().ranges(TimelineId.FIRST)).singleElement().satisfies(range -> {
            assertThat(range.first()).isEqualTo(segment(FIRST));
            assertThat(range.last()).isEqualTo(segment(FIRST + 9));
        });
        assertThat(sealed)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(FIRST, FIRST + 10)
                        .mapToObj(KeepingTest::segment)
                        .toList());
        assertThat(events).hasSize(10).allSatisfy(event -> assertThat(event).isInstanceOf(WalSegmentArchived.class));
    }

    @Test
    void anUnfinishedSegmentIsKeptInPiecesThatGoWhenItIsWholeAndNoneIsWrittenWhileNothingComes() throws Exception {
        // Given
        lineage.wal()
                .putPiece(
                        new WalPiece(segment(FIRST), segment(FIRST).start(), new Lsn(FIRST * PushedWal.SIZE + 8)),
                        new byte[8]);
        byte[] content = wal.segment(1, FIRST);
        try (Keeping keeping = keeping(Duration.ofMillis(20));
                SegmentReceiver receiver = receiver(keeping)) {
            keeping.begin(receiver);
            // When
            receive(receiver, segment(FIRST), content, 0, 300_000);
            // Then
            Lsn there = segment(FIRST).start().plus(300_000);
            await().until(() -> durable.contains(there));
            int pieces = lineage.wal().pieces(segment(FIRST)).size();
            await().during(Duration.ofMillis(200))
                    .until(() -> lineage.wal().pieces(segment(FIRST)).size() == pieces);
            assertThat(lineage.wal().contains(segment(FIRST))).isFalse();
            // When
            receive(receiver, segment(FIRST), content, 300_000, PushedWal.SIZE);
            keeping.finish();
            // Then
            await().until(() -> lineage.wal().pieces(segment(FIRST)).isEmpty());
            assertThat(lineage.wal().findSegment(segment(FIRST)).orElseThrow().readAll())
                    .isEqualTo(content);
            assertThat(durable).isSorted().last().isEqualTo(segment(FIRST).end());
        }
    }

    @Test // pitfall 64: a segment that takes hours is not an object for every few seconds
    void piecesOfASlowSegmentBecomeLargerOnesAndNoByteOfThemIsEverMissing() throws Exception {
        // Given
        byte[] content = wal.segment(1, FIRST);
        int length = 1_000;
        try (Keeping keeping = keeping(Duration.ofMillis(1));
                SegmentReceiver receiver = receiver(keeping)) {
            keeping.begin(receiver);
            for (int end = length; end <= 2 * PieceLevels.TOGETHER * length; end += length) {
                // When
                receive(receiver, segment(FIRST), content, end - length, end);
                int reached = end;
                Lsn there = segment(FIRST).start().plus(reached);
                await().pollInterval(Duration.ofMillis(1)).until(() -> durable.contains(there));
                // Then
                await().until(() -> held(Arrays.copyOf(content, reached)));
            }
            await().until(() -> lineage.wal().pieces(segment(FIRST)).size() == 2);
            assertThat(held(Arrays.copyOf(content, 2 * PieceLevels.TOGETHER * length)))
                    .isTrue();
        }
    }

    /// Whether the pieces hold all of it together. One that is listed and gone is in a larger one at the next look.
    private boolean held(byte[] content) {
        byte[] bytes = new byte[content.length];
        for (WalPiece piece : lineage.wal().pieces(segment(FIRST))) {
            int from = (int) piece.from().minus(piece.segment().start());
            lineage.wal().findPiece(piece).ifPresent(stored -> {
                byte[] part = stored.readAll();
                System.arraycopy(part, 0, bytes, from, part.length);
            });
        }
        return Arrays.equals(bytes, content);
    }

    @Test // P6: a server that shuts down waits for it
    void aPieceIsWrittenAtOnceWhereTheServerWaitsForIt() throws Exception {
        try (Keeping keeping = keeping(Duration.ofHours(1));
                SegmentReceiver receiver = receiver(keeping)) {
            keeping.begin(receiver);
            receive(receiver, segment(FIRST), wal.segment(1, FIRST), 0, 200_000);
            receiver.flushWanted();
            await().until(() -> durable.contains(segment(FIRST).start().plus(200_000)));
        }
    }

    @Test // design.md 6: at a timeline switch the old timeline's last piece is stored first
    void theEndOfATimelineIsKeptAsAPieceBeforeAnythingElseGoesOn() throws Exception {
        byte[] content = wal.segment(1, FIRST);
        try (Keeping keeping = keeping(Duration.ofHours(1));
                SegmentReceiver receiver = receiver(keeping)) {
            keeping.begin(receiver);
            receive(receiver, segment(FIRST), content, 0, 200_000);
            // When
            keeping.finish(receiver);
            // Then
            assertThat(held(Arrays.copyOf(content, 200_000))).isTrue();
            assertThat(durable).containsExactly(segment(FIRST).start().plus(200_000));
            assertThat(sealed).isEmpty();
        }
    }

    @Test // F24: a store that hangs must not hold up what is safe elsewhere
    void aStoreThatTakesNothingIsGivenUpWhereWhatComesIsSafeElsewhere() throws Exception {
        List<SegmentSpool> taken = new ArrayList<>();
        while (taken.size() < Spools.FILES) {
            taken.add(spools.take());
        }
        elsewhere.set(true);
        Keeping keeping = keeping(Duration.ofHours(1));
        assertThatThrownBy(keeping::room)
                .isInstanceOfSatisfying(RetryableException.class, away -> assertThat(away.code())
                        .isEqualTo(FailureCode.STORE_UNAVAILABLE));
        assertThatThrownBy(keeping::finish).isInstanceOf(RetryableException.class);
        keeping.close();
        assertThat(stopped).hasValue(1);
        taken.forEach(spools::giveBack);
    }

    @Test // F35, pitfall 2
    void theFirstFailureStopsTheStreamAndLeavesEveryFileToTheNextConnection() throws Exception {
        // Given
        lineage.wal()
                .putSegment(segment(FIRST + 1), new ByteArrayInputStream(new byte[PushedWal.SIZE]), Optional.empty());
        for (int connection = 0; connection < 2 * Spools.FILES; connection++) {
            stopped.set(0);
            durable.clear();
            // When
            try (Keeping keeping = keeping(Duration.ofHours(1));
                    SegmentReceiver receiver = receiver(keeping)) {
                keeping.begin(receiver);
                PushedWal again = new PushedWal();
                receive(receiver, segment(FIRST), again.segment(1, FIRST), 0, PushedWal.SIZE);
                receive(receiver, segment(FIRST + 1), again.segment(1, FIRST + 1), 0, PushedWal.SIZE);
                await().until(() -> stopped.get() == 1);
                // Then
                assertThatThrownBy(() ->
                                receive(receiver, segment(FIRST + 2), again.segment(1, FIRST + 2), 0, PushedWal.SIZE))
                        .isInstanceOfSatisfying(OperatorActionException.class, conflict -> assertThat(conflict.code())
                                .isEqualTo(FailureCode.WAL_CONFLICT));
                assertThatThrownBy(keeping::finish).isInstanceOf(OperatorActionException.class);
            }
            // What came of the segment that is refused may be there as a piece, under a name of its own.
            List<Lsn> there = new ArrayList<>(lineage.wal().pieces(segment(FIRST + 1)).stream()
                    .map(WalPiece::to)
                    .filter(end -> end.isBefore(segment(FIRST + 1).end()))
                    .toList());
            there.add(segment(FIRST).end());
            assertThat(durable).contains(segment(FIRST).end()).isSubsetOf(there);
        }
        assertThat(lineage.wal().contains(segment(FIRST + 2))).isFalse();
    }
}

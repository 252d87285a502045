package io.walkback.repository.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.testing.FaultyBlobStore;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "sealed: {0}")
@ValueSource(booleans = {false, true})
class WalArchiveTest {
    @Parameter
    boolean sealed;

    private static final int SIZE = 1 << 20;
    private static final TimelineId ONE = TimelineId.FIRST;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private LineageRepository lineage;
    private WalArchive wal;

    @BeforeEach
    void open() {
        lineage = Samples.lineage(store, sealed);
        wal = lineage.wal();
    }

    @Test
    void aSegmentComesBackWithItsTimes() throws IOException {
        // Given
        CommitTimes times = new CommitTimes(Instant.parse("2026-03-01T01:00:00.000001Z"), Samples.NOW);
        byte[] bytes = Samples.prose(SIZE, 1);
        // When
        StoreOutcome outcome = wal.putSegment(segment(5), new ByteArrayInputStream(bytes), Optional.of(times));
        // Then
        WalObject object = wal.findSegment(segment(5)).orElseThrow();
        assertThat(outcome).isEqualTo(StoreOutcome.STORED);
        assertThat(object.commitTimes()).contains(times);
        assertThat(object.plainLength()).isEqualTo(SIZE);
        assertThat(object.storedLength()).isLessThan(SIZE / 10);
        assertThat(object.storedAt()).isEqualTo(Samples.NOW);
        assertThat(object.sha256()).hasSize(64);
        assertThat(read(object)).isEqualTo(bytes);
        assertThat(wal.contains(segment(5))).isTrue();
        assertThat(wal.findSegment(segment(6))).isEmpty();
    }

    @Test // pitfall 3
    void theSameSegmentTwiceIsSuccess() {
        put(5, 1);
        byte[] before = store.bytes(lineage.lineage().segment(segment(5)));
        assertThat(put(5, 1)).isEqualTo(StoreOutcome.ALREADY_THERE);
        assertThat(store.bytes(lineage.lineage().segment(segment(5)))).isEqualTo(before);
    }

    @Test // pitfall 2, F35
    void anotherContentUnderATakenNameIsAConflictAndChangesNothing() throws IOException {
        // Given
        put(5, 1);
        // When
        assertThatThrownBy(() -> put(5, 2))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining(segment(5).fileName())
                .extracting(WalArchiveTest::code)
                .isEqualTo(FailureCode.WAL_CONFLICT);
        // Then
        assertThat(read(wal.findSegment(segment(5)).orElseThrow())).isEqualTo(Samples.prose(SIZE, 1));
    }

    @Test
    void aRottenObjectIsNotTakenForTheSameSegment() {
        // Given
        put(5, 1);
        BlobKey key = lineage.lineage().segment(segment(5));
        byte[] bytes = store.bytes(key);
        bytes[200] ^= 1;
        store.tamper(key, bytes);
        // When, then
        assertThatThrownBy(() -> put(5, 1))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(key.value());
    }

    @Test // F25
    void aSegmentOfAnotherLengthIsNotStored() {
        for (int length : new int[] {0, SIZE - 1, SIZE + 1}) {
            assertThatThrownBy(() ->
                            wal.putSegment(segment(5), new ByteArrayInputStream(new byte[length]), Optional.empty()))
                    .extracting(WalArchiveTest::code)
                    .isEqualTo(FailureCode.WAL_INVALID);
        }
        assertThat(wal.contains(segment(5))).isFalse();
    }

    @Test // pitfall 8
    void aSegmentMovedInFromElsewhereIsRefused() {
        // Given
        put(5, 1);
        store.tamper(
                lineage.lineage().segment(segment(6)),
                store.bytes(lineage.lineage().segment(segment(5))));
        // When, then
        assertThatThrownBy(() -> wal.findSegment(segment(6)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("another name");
    }

    @Test
    void missingSegmentsBetweenTwoPositionsAreNamed() {
        // Given
        put(2, 1);
        put(4, 1);
        Lsn start = new Lsn(2L * SIZE + 40);
        // When, then
        assertThat(wal.missing(ONE, start, new Lsn(3L * SIZE), 10)).isEmpty();
        assertThat(wal.missing(ONE, start, new Lsn(3L * SIZE + 1), 10)).containsExactly(segment(3));
        assertThat(wal.missing(ONE, start, new Lsn(7L * SIZE), 10)).containsExactly(segment(3), segment(5), segment(6));
        assertThat(wal.missing(ONE, start, new Lsn(7L * SIZE), 1)).containsExactly(segment(3));
        assertThat(wal.missing(new TimelineId(2), start, start, 10)).hasSize(1);
    }

    @Test
    void rangesShowTheHoles() {
        put(2, 1);
        put(3, 1);
        put(7, 1);
        wal.putPiece(
                new WalPiece(segment(5), segment(5).start(), segment(5).start().plus(10)), new byte[10]);
        assertThat(wal.ranges(ONE))
                .containsExactly(new SegmentRange(segment(2), segment(3)), new SegmentRange(segment(7), segment(7)));
        assertThat(wal.ranges(ONE).getFirst().count()).isEqualTo(2);
        assertThat(wal.ranges(new TimelineId(9))).isEmpty();
    }

    @Test
    void aListingTellsWhetherAnythingLiesBehindASegmentPiecesIncluded() {
        // Given
        put(2, 1);
        assertThat(wal.listing(ONE)).isEqualTo(new WalListing(wal.ranges(ONE), Optional.empty()));
        assertThat(wal.listing(ONE).goesOnBehind(segment(2))).isFalse();
        // When
        wal.putPiece(
                new WalPiece(segment(5), segment(5).start(), segment(5).start().plus(10)), new byte[10]);
        wal.putPiece(
                new WalPiece(segment(3), segment(3).start(), segment(3).start().plus(10)), new byte[10]);
        // Then
        WalListing listing = wal.listing(ONE);
        assertThat(listing.lastPieced()).contains(segment(5));
        assertThat(listing.goesOnBehind(segment(4))).isTrue();
        assertThat(listing.goesOnBehind(segment(5))).isFalse();
        assertThat(wal.listing(new TimelineId(9))).isEqualTo(WalListing.EMPTY);
    }

    @Test // pitfall 5
    void piecesHaveNamesOfTheirOwnAndGoOnceTheSegmentIsThere() throws IOException {
        // Given
        Lsn start = segment(5).start();
        WalPiece first = new WalPiece(segment(5), start, start.plus(100));
        WalPiece second = new WalPiece(segment(5), start.plus(100), start.plus(150));
        byte[] bytes = Samples.noise(50, 1);
        // When
        wal.putPiece(second, bytes);
        wal.putPiece(first, new byte[100]);
        // Then
        assertThat(wal.contains(segment(5))).isFalse();
        assertThat(wal.findSegment(segment(5))).isEmpty();
        assertThat(wal.pieces(segment(5))).containsExactly(first, second);
        assertThat(read(wal.findPiece(second).orElseThrow())).isEqualTo(bytes);
        wal.dropPieces(segment(5));
        assertThat(wal.pieces(segment(5))).hasSize(2);
        put(5, 1);
        wal.dropPieces(segment(5));
        assertThat(wal.pieces(segment(5))).isEmpty();
        assertThat(wal.contains(segment(5))).isTrue();
    }

    @Test // pitfall 4
    void theFirstHistoryFileStays() throws IOException {
        // Given
        TimelineId two = new TimelineId(2);
        byte[] history = "1\t0/3000000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII);
        // When
        wal.putHistory(two, history);
        // Then
        assertThat(wal.putHistory(two, history)).isEqualTo(StoreOutcome.ALREADY_THERE);
        assertThatThrownBy(() -> wal.putHistory(two, "other\n".getBytes(StandardCharsets.US_ASCII)))
                .extracting(WalArchiveTest::code)
                .isEqualTo(FailureCode.WAL_CONFLICT);
        assertThat(read(wal.findHistory(two).orElseThrow())).isEqualTo(history);
        assertThat(wal.findHistory(new TimelineId(3))).isEmpty();
        assertThat(wal.histories()).isEqualTo(List.of(two));
    }

    @Test // P2, pitfall 42
    void aStoreThatCannotBeAskedIsNeverAnAbsentSegment() {
        // Given
        put(5, 1);
        int calls = 0;
        for (FaultyBlobStore.When when : FaultyBlobStore.When.values()) {
            for (int failing = 1; ; failing++) {
                FaultyBlobStore faulty = new FaultyBlobStore(store, failing, when);
                try {
                    WalArchive archive = Samples.open(faulty, sealed)
                            .current(Samples.SHOP)
                            .orElseThrow()
                            .wal();
                    // When
                    Optional<WalObject> found = archive.findSegment(segment(5));
                    // Then
                    assertThat(found).isPresent();
                    break;
                } catch (RetryableException asItShould) {
                    calls++;
                }
            }
        }
        assertThat(calls).isGreaterThan(6);
    }

    @Test // P2, P6
    void aSegmentWhosePutFailedAnywhereCanBePutAgain() throws IOException {
        for (int failing = 1; ; failing++) {
            // Given
            MemoryBlobStore fresh = new MemoryBlobStore(Samples.CLOCK);
            Samples.lineage(fresh, sealed);
            FaultyBlobStore faulty = new FaultyBlobStore(fresh, failing, FaultyBlobStore.When.AFTER);
            boolean failed = false;
            // When
            try {
                Samples.lineage(faulty, sealed).wal().putSegment(segment(5), content(1), Optional.empty());
            } catch (RetryableException injected) {
                failed = true;
            }
            Samples.lineage(fresh, sealed).wal().putSegment(segment(5), content(1), Optional.empty());
            // Then
            assertThat(read(Samples.lineage(fresh, sealed)
                            .wal()
                            .findSegment(segment(5))
                            .orElseThrow()))
                    .isEqualTo(Samples.prose(SIZE, 1));
            if (!failed) {
                assertThat(failing).isGreaterThan(8);
                return;
            }
        }
    }

    @Test
    void aSegmentOfAnotherSizeIsOurOwnMistake() {
        assertThatThrownBy(() -> wal.contains(new WalSegment(ONE, 1, 16 << 20)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CommitTimes(Samples.NOW, Samples.NOW.minusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new WalPiece(segment(5), segment(4).start(), segment(5).end()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static WalSegment segment(long number) {
        return new WalSegment(ONE, number, SIZE);
    }

    private static InputStream content(int seed) {
        return new ByteArrayInputStream(Samples.prose(SIZE, seed));
    }

    private StoreOutcome put(long number, int seed) {
        return wal.putSegment(segment(number), content(seed), Optional.empty());
    }

    private static byte[] read(WalObject object) throws IOException {
        try (InputStream in = object.open()) {
            return in.readAllBytes();
        }
    }

    private static FailureCode code(Throwable failure) {
        return ((PlatformException) failure).code();
    }
}

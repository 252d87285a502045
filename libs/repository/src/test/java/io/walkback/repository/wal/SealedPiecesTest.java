package io.walkback.repository.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "sealed: {0}")
@ValueSource(booleans = {false, true})
class SealedPiecesTest {
    private static final WalSegment SEGMENT = new WalSegment(TimelineId.FIRST, 5, 1 << 20);

    @Parameter
    boolean sealed;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private LineageRepository lineage;
    private SealedPieces pieces;

    @BeforeEach
    void open() {
        lineage = Samples.lineage(store, sealed);
        pieces = new SealedPieces(lineage.lineage());
    }

    @AfterEach
    void close() {
        pieces.close();
    }

    @Test
    void aPieceSaysWhatItIsAndComesBack() {
        // Given
        byte[] wal = Samples.prose(100_000, 1);
        WalPiece piece = piece(300, 70_000);
        // When
        byte[] bytes = pieces.seal(piece, wal, 11);
        // Then
        assertThat(SealedPieces.nameOf(bytes))
                .isEqualTo(new SealedPieces.Name(lineage.lineage().system(), piece));
        assertThat(pieces.open(piece, bytes)).isEqualTo(Arrays.copyOfRange(wal, 11, 11 + 69_700));
        assertThat(bytes.length).isLessThan(69_700);
    }

    @Test // so one format, and one reader, is enough
    void itIsByteForByteAnObjectThatTheArchiveReadsAsThatPiece() {
        // Given
        byte[] wal = Samples.prose(5_000, 2);
        WalPiece piece = piece(0, 5_000);
        // When
        store.putIfAbsent(lineage.lineage().partial(SEGMENT, piece.from(), piece.to()), pieces.seal(piece, wal, 0));
        // Then
        assertThat(lineage.wal().findPiece(piece).orElseThrow().readAll()).isEqualTo(wal);
    }

    @Test
    void onePieceAfterAnotherAndTheLongestOne() {
        byte[] wal = Samples.prose(SealedPieces.LONGEST, 3);
        for (int length : new int[] {1, 8, SealedPieces.LONGEST, 200}) {
            WalPiece piece = piece(8, 8 + length);
            assertThat(pieces.open(piece, pieces.seal(piece, wal, 0))).isEqualTo(Arrays.copyOf(wal, length));
        }
    }

    @Test // P3
    void noFlippedByteIsReadAsWal() {
        byte[] wal = Samples.prose(2_000, 4);
        WalPiece piece = piece(0, 2_000);
        byte[] bytes = pieces.seal(piece, wal, 0);
        for (int at = 0; at < bytes.length; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= 0x10;
            assertThatThrownBy(() -> pieces.open(piece, flipped))
                    .as("byte %d", at)
                    .isInstanceOf(PlatformException.class);
        }
    }

    @Test
    void aPieceOfAnotherPlaceIsRefused() {
        byte[] bytes = pieces.seal(piece(0, 500), Samples.prose(500, 5), 0);
        assertThatThrownBy(() -> pieces.open(piece(500, 1_000), bytes))
                .isInstanceOfSatisfying(CorruptDataException.class, damage -> assertThat(damage.code())
                        .isEqualTo(FailureCode.OBJECT_CORRUPT));
        assertThatThrownBy(() -> SealedPieces.nameOf(new byte[] {1, 2, 3})).isInstanceOf(CorruptDataException.class);
    }

    private static WalPiece piece(int from, int to) {
        return new WalPiece(SEGMENT, SEGMENT.start().plus(from), SEGMENT.start().plus(to));
    }
}

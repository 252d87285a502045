package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.WalPiece;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PieceLevelsPropertyTest {
    private static final WalSegment SEGMENT = new WalSegment(TimelineId.FIRST, 3, 16 << 20);

    @Property(tries = 50)
    void aSegmentIsFewPiecesHoweverManyWereWrittenAndEachByteIsWrittenAFewTimes(
            @ForAll @IntRange(min = 1, max = 4_000) int flushes) {
        // Given
        PieceLevels levels = new PieceLevels(SEGMENT);
        List<WalPiece> stored = new ArrayList<>();
        long written = 0;
        int length = SEGMENT.size() / 4_000;
        for (int i = 0; i < flushes; i++) {
            Lsn from = SEGMENT.start().plus((long) i * length);
            WalPiece piece = new WalPiece(SEGMENT, from, from.plus(length));
            // When
            stored.add(piece);
            written += length;
            for (Optional<PieceLevels.Merge> merge = levels.stored(piece);
                    merge.isPresent();
                    merge = levels.merged(merge.get())) {
                stored.add(merge.get().whole());
                written += merge.get().whole().to().minus(merge.get().whole().from());
                assertThat(stored).containsAll(merge.get().parts());
                stored.removeAll(merge.get().parts());
            }
            // Then
            assertThat(stored).hasSize(levels.size()).hasSizeLessThan(4 * PieceLevels.TOGETHER);
        }
        Lsn reached = SEGMENT.start();
        for (WalPiece piece : stored) {
            assertThat(piece.from()).isEqualTo(reached);
            reached = piece.to();
        }
        assertThat(reached).isEqualTo(SEGMENT.start().plus((long) flushes * length));
        assertThat(written).isLessThanOrEqualTo(3L * flushes * length);
    }
}

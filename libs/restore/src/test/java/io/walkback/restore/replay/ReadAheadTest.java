package io.walkback.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.SegmentRange;
import io.walkback.restore.plan.WalChain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
    private static final int SIZE = 1 << 20;
    private static final int LAST = 12;

    private final Path folder;
    private final Map<Long, Integer> fetches = new ConcurrentHashMap<>();
    private final BlockingQueue<Long> finished = new LinkedBlockingQueue<>();
    private volatile long failing = -1;
    private final ReadAhead ahead;

    private static WalSegment segment(long number) {
        return new WalSegment(TimelineId.FIRST, number, SIZE);
    }

    ReadAheadTest(@TempDir Path folder) {
        this.folder = folder;
        WalChain chain = new WalChain(
                TimelineHistory.root(TimelineId.FIRST),
                List.of(new SegmentRange(segment(1), segment(LAST))),
                segment(LAST + 1),
                new Lsn((LAST + 1L) * SIZE + 100),
                false);
        ahead = new ReadAhead(chain, folder, this::fetch);
    }

    private void fetch(WalSegment segment, Path place) {
        fetches.merge(segment.number(), 1, Integer::sum);
        if (segment.number() == failing) {
            throw new RetryableException(FailureCode.STORE_UNAVAILABLE, "away", "Wait.");
        }
        try {
            Files.writeString(place, segment.fileName());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        finished.add(segment.number());
    }

    private void awaitFetched(long number) throws InterruptedException {
        while (true) {
            Long next = finished.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("segments that are fetched until %d is", number).isNotNull();
            if (next == number) {
                return;
            }
        }
    }

    private String take(long number) throws Exception {
        Path place = folder.resolve("RECOVERYXLOG");
        Files.deleteIfExists(place);
        ahead.take(segment(number), place);
        return Files.readString(place);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @AfterEach
    void close() {
        ahead.close();
    }

    @Test
    void eachSegmentIsFetchedOnceAndTheNextOnesBeforeTheyAreAskedFor() throws Exception {
        // Given
        assertThat(take(1)).isEqualTo(segment(1).fileName());
        awaitFetched(1L + ReadAhead.SEGMENTS);
        // When
        for (long number = 2; number <= LAST + 1; number++) {
            assertThat(take(number)).isEqualTo(segment(number).fileName());
        }
        // Then
        assertThat(fetches).hasSize(LAST + 1).allSatisfy((_, times) -> assertThat(times)
                .isEqualTo(1));
        assertThat(files()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void whatWasFetchedAndNobodyAskedForIsDeleted() throws Exception {
        // Given
        take(1);
        awaitFetched(1L + ReadAhead.SEGMENTS);
        // When
        assertThat(take(9)).isEqualTo(segment(9).fileName());
        assertThat(take(2)).as("the server went back").isEqualTo(segment(2).fileName());
        ahead.close();
        // Then
        assertThat(files()).containsExactly("RECOVERYXLOG");
    }

    @Test // pitfall 42
    void aFailureAheadOfTimeCountsOnlyWhenTheSegmentIsAskedForAndFailsAgain() throws Exception {
        // Given
        failing = 2;
        take(1);
        awaitFetched(3);
        // When, then
        assertThatThrownBy(() -> take(2)).isInstanceOf(RetryableException.class);
        failing = -1;
        assertThat(take(2)).isEqualTo(segment(2).fileName());
        assertThat(fetches.get(2L)).isEqualTo(3);
    }
}

package io.walkback.repository.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.WalPiece;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A commit may be waiting for what is sealed, and the store may be away at midnight.
@Timeout(60)
class DailyKeysTest {
    private static final Instant EVENING = Instant.parse("2026-03-01T23:59:00Z");

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private final CountDownLatch back = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean away;
    private volatile boolean hangs;
    private volatile Instant now = EVENING;

    /// The lineage, in a store that fails or hangs while it is away.
    private Lineage lineage() {
        var _ = Samples.lineage(store, true);
        BlobStore unsteady = (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (_, method, arguments) -> {
                    if (away) {
                        asked.incrementAndGet();
                        if (!hangs) {
                            throw new RetryableException(FailureCode.STORE_UNAVAILABLE, "away", "A test made it.");
                        }
                        assertThat(back.await(60, TimeUnit.SECONDS)).isTrue();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
        return Repository.open(unsteady, new TestClock(), Optional.of(Samples.KEYS))
                .current(Samples.SHOP)
                .orElseThrow()
                .lineage();
    }

    private static void seal(Lineage lineage) {
        try (SealedPieces pieces = new SealedPieces(lineage)) {
            WalSegment segment =
                    new WalSegment(TimelineId.FIRST, 5, lineage.geometry().walSegmentSize());
            WalPiece piece =
                    new WalPiece(segment, segment.start(), segment.start().plus(100));
            assertThat(pieces.open(piece, pieces.seal(piece, new byte[100], 0))).hasSize(100);
        }
    }

    @Test
    void whatMustNotWaitIsSealedWithTheLastKeyWhileTheNextOneIsMade() {
        // Given
        Lineage lineage = lineage();
        UUID first = lineage.dailyKeyAtOnce();
        assertThat(lineage.dailyKey()).isEqualTo(first);
        // When
        hangs = true;
        away = true;
        now = EVENING.plus(Duration.ofMinutes(2));
        // Then
        seal(lineage);
        seal(lineage);
        assertThat(lineage.dailyKeyAtOnce()).isEqualTo(first);
        // When
        away = false;
        back.countDown();
        // Then
        while (lineage.dailyKeyAtOnce().equals(first)) {
            Thread.onSpinWait();
        }
        seal(lineage);
        assertThat(lineage.dailyKey()).isEqualTo(lineage.dailyKeyAtOnce()).isNotEqualTo(first);
    }

    @Test
    void aStoreThatFailsIsNotAskedWithEachRecord() {
        // Given
        Lineage lineage = lineage();
        UUID first = lineage.dailyKeyAtOnce();
        away = true;
        now = EVENING.plus(Duration.ofMinutes(2));
        // When
        while (asked.get() == 0) {
            seal(lineage);
        }
        int failed = asked.get();
        for (int i = 0; i < 100; i++) {
            seal(lineage);
        }
        // Then
        assertThat(lineage.dailyKeyAtOnce()).isEqualTo(first);
        assertThat(asked).hasValue(failed);
    }

    private final class TestClock extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("not needed here");
        }
    }
}

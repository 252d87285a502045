package io.walkback.repository.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.analyze.StoreReport.Verdict;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.testing.MemoryBlobStore;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StoreTrialTest {
    private final MemoryBlobStore good = new MemoryBlobStore(Clock.systemUTC());

    @Test
    void aStoreThatKeepsItsPromisesIsTrustedAndLeftEmpty() throws InterruptedException {
        // When
        StoreReport report = new StoreTrial(good, Clock.systemUTC()).run();
        // Then
        assertThat(report.isTrusted()).as(report.results().toString()).isTrue();
        assertThat(report.results()).extracting(StoreReport.Result::promise).doesNotHaveDuplicates();
        assertThat(report.leftBehind()).isZero();
        try (BlobListing<BlobEntry> left = good.list(BlobPrefix.ROOT)) {
            assertThat(left.hasNext()).isFalse();
        }
    }

    @Test // pitfall 63
    void aStoreThatLetsTwoWritersWinIsNotTrusted() throws InterruptedException {
        StoreReport report = new StoreTrial(
                        new Other(good) {
                            @Override
                            public PutOutcome putIfAbsent(BlobKey key, byte[] content) {
                                good.tamper(key, content);
                                return PutOutcome.CREATED;
                            }
                        },
                        Clock.systemUTC())
                .run();
        assertThat(report.isTrusted()).isFalse();
        assertThat(broken(report)).contains(Promise.CREATE_IF_ABSENT, Promise.ONE_WINNER);
        assertThat(report.results())
                .filteredOn(result -> result.promise() == Promise.ONE_WINNER)
                .extracting(StoreReport.Result::detail)
                .containsExactly("8 of 8 racing writers were told that they won");
    }

    @Test
    void aStoreThatReturnsOtherBytesOrHidesWhatWasPutIsNotTrusted() throws InterruptedException {
        StoreReport report = new StoreTrial(
                        new Other(good) {
                            @Override
                            public InputStream open(BlobKey key, ByteRange range) {
                                return new ByteArrayInputStream(new byte[(int) range.length()]);
                            }

                            @Override
                            public DeleteOutcome delete(BlobKey key) {
                                return DeleteOutcome.DELETED;
                            }

                            @Override
                            public BlobListing<String> listFolders(BlobPrefix prefix) {
                                return good.listFolders(BlobPrefix.ROOT);
                            }
                        },
                        Clock.systemUTC())
                .run();
        assertThat(broken(report))
                .contains(Promise.SIZES, Promise.RANGES, Promise.SAYS_WHAT_IS_MISSING, Promise.LISTING, Promise.DELETE);
    }

    @Test // pitfall 68
    void aClockThatIsMinutesOffIsNotTrusted() throws InterruptedException {
        StoreReport report = new StoreTrial(good, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-10))).run();
        assertThat(broken(report)).contains(Promise.CLOCK);
        assertThat(report.results())
                .filteredOn(result -> result.promise() == Promise.CLOCK)
                .extracting(StoreReport.Result::detail)
                .allSatisfy(detail -> assertThat(detail).contains("ahead"));
    }

    private static List<Promise> broken(StoreReport report) {
        return report.results().stream()
                .filter(result ->
                        result.verdict() == Verdict.BROKEN && result.promise().isNeeded())
                .map(StoreReport.Result::promise)
                .toList();
    }

    /// A store that does what another does.
    private static class Other implements BlobStore {
        private final BlobStore inner;

        Other(BlobStore inner) {
            this.inner = inner;
        }

        @Override
        public String location() {
            return inner.location();
        }

        @Override
        public PutOutcome putIfAbsent(BlobKey key, byte[] content) {
            return inner.putIfAbsent(key, content);
        }

        @Override
        public BlobWriter newWriter(BlobKey key) {
            return inner.newWriter(key);
        }

        @Override
        public InputStream open(BlobKey key, ByteRange range) {
            return inner.open(key, range);
        }

        @Override
        public OptionalLong size(BlobKey key) {
            return inner.size(key);
        }

        @Override
        public BlobListing<BlobEntry> list(BlobPrefix prefix) {
            return inner.list(prefix);
        }

        @Override
        public BlobListing<String> listFolders(BlobPrefix prefix) {
            return inner.listFolders(prefix);
        }

        @Override
        public DeleteOutcome delete(BlobKey key) {
            return inner.delete(key);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}

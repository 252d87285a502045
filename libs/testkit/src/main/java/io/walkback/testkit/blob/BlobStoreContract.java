package io.walkback.testkit.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.blob.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The promises of [BlobStore], for every adapter.
public abstract class BlobStoreContract {
    private static final int RACERS = 8;
    private static final BlobKey KEY = new BlobKey("shop/7300/wal/00000001/000000010000000000000002");

    private BlobStore store;

    /// An empty store.
    protected abstract BlobStore newStore() throws Exception;

    @BeforeEach
    final void openStore() throws Exception {
        store = newStore();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    /// The store under test, for an adapter's own additional tests.
    protected final BlobStore store() {
        return store;
    }

    @Test
    final void aBlobIsReadAsItWasPut() {
        for (int length : new int[] {0, 1, 8192, 3_000_000}) {
            BlobKey key = new BlobKey("sizes/" + length);
            byte[] content = noise(length, length);
            assertThat(store.putIfAbsent(key, content)).isEqualTo(PutOutcome.CREATED);
            assertThat(store.size(key)).hasValue(length);
            assertThat(read(key)).isEqualTo(content);
        }
    }

    @Test
    final void putUnderATakenKeyChangesNothingAndSaysSo() {
        store.putIfAbsent(KEY, new byte[] {1});
        assertThat(store.putIfAbsent(KEY, new byte[] {1})).isEqualTo(PutOutcome.ALREADY_THERE);
        assertThat(store.putIfAbsent(KEY, new byte[] {2, 2})).isEqualTo(PutOutcome.ALREADY_THERE);
        try (BlobWriter writer = store.newWriter(KEY)) {
            writer.write(new byte[] {3}, 0, 1);
            assertThat(writer.commit()).isEqualTo(PutOutcome.ALREADY_THERE);
        }
        assertThat(read(KEY)).containsExactly(1);
    }

    @Test
    final void nothingIsVisibleBeforeCommitAndAllOfItAfter() {
        byte[] content = noise(9_000_000, 1);
        try (BlobWriter writer = store.newWriter(KEY)) {
            for (int at = 0; at < content.length; at += 1_000_000) {
                writer.write(content, at, 1_000_000);
                assertThat(store.size(KEY)).isEmpty();
                assertThat(keys(BlobPrefix.ROOT)).isEmpty();
            }
            assertThat(writer.commit()).isEqualTo(PutOutcome.CREATED);
        }
        assertThat(read(KEY)).isEqualTo(content);
    }

    @Test
    final void aWriterThatIsClosedWithoutCommitLeavesNothing() {
        try (BlobWriter writer = store.newWriter(KEY)) {
            writer.write(new byte[100], 0, 100);
        }
        assertThat(store.size(KEY)).isEmpty();
        assertThat(keys(BlobPrefix.ROOT)).isEmpty();
        assertThat(store.putIfAbsent(KEY, new byte[] {1})).isEqualTo(PutOutcome.CREATED);
    }

    @Test
    final void aWriterMayReuseItsArray() {
        byte[] buffer = new byte[10];
        try (BlobWriter writer = store.newWriter(KEY)) {
            for (byte value = 1; value <= 3; value++) {
                Arrays.fill(buffer, value);
                writer.write(buffer, value, 2);
            }
            writer.commit();
        }
        assertThat(read(KEY)).containsExactly(1, 1, 2, 2, 3, 3);
    }

    @Test // F28
    final void ofRacingWritersExactlyOneWinsAndTheOthersSeeItsContent() throws Exception {
        try (ExecutorService racers = Executors.newFixedThreadPool(RACERS)) {
            for (int round = 0; round < 20; round++) {
                BlobKey key = new BlobKey("race/" + round + "/manifest");
                CyclicBarrier start = new CyclicBarrier(RACERS);
                List<Callable<Byte>> race = new ArrayList<>();
                for (byte racer = 1; racer <= RACERS; racer++) {
                    byte mine = racer;
                    race.add(() -> race(key, mine, start));
                }
                List<Byte> winners = new ArrayList<>();
                for (Future<Byte> outcome : racers.invokeAll(race)) {
                    if (outcome.get() != 0) {
                        winners.add(outcome.get());
                    }
                }
                assertThat(winners).hasSize(1);
                assertThat(read(key)).containsOnly(winners.getFirst()).hasSize(50_000);
            }
        }
    }

    /// Returns `mine` for the winner, 0 for a loser, who reads what the winner wrote.
    private byte race(BlobKey key, byte mine, CyclicBarrier start) throws Exception {
        byte[] content = new byte[50_000];
        Arrays.fill(content, mine);
        start.await();
        try (BlobWriter writer = store.newWriter(key)) {
            writer.write(content, 0, content.length);
            if (writer.commit() == PutOutcome.CREATED) {
                return mine;
            }
        }
        byte[] winners = read(key);
        assertThat(winners).hasSize(50_000).containsOnly(winners[0]);
        assertThat(winners[0]).isNotEqualTo(mine);
        return 0;
    }

    @Test
    final void aRangeGivesExactlyItsBytes() {
        byte[] content = noise(300_000, 7);
        store.putIfAbsent(KEY, content);
        for (ByteRange range : List.of(
                new ByteRange(0, 0),
                new ByteRange(0, 1),
                new ByteRange(131_071, 2),
                new ByteRange(299_999, 1),
                new ByteRange(300_000, 0),
                new ByteRange(0, 300_000))) {
            assertThat(BlobReads.range(store, KEY, range))
                    .isEqualTo(Arrays.copyOfRange(content, (int) range.offset(), (int) range.end()));
        }
    }

    @Test
    final void aStreamEndsAtItsRangeAndMayBeLeftEarly() throws IOException {
        store.putIfAbsent(KEY, new byte[] {1, 2, 3, 4});
        try (InputStream in = store.open(KEY, new ByteRange(1, 2))) {
            assertThat(in.read()).isEqualTo(2);
            assertThat(in.read()).isEqualTo(3);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(new byte[3], 0, 3)).isEqualTo(-1);
        }
        try (InputStream in = store.open(KEY, new ByteRange(0, 4))) {
            assertThat(in.read(new byte[8], 2, 1)).isEqualTo(1);
        }
    }

    @Test // F25
    final void aRangeBeyondTheEndIsDamage() {
        store.putIfAbsent(KEY, new byte[10]);
        assertThatThrownBy(() -> BlobReads.range(store, KEY, new ByteRange(5, 6)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(KEY.value())
                .extracting(BlobStoreContract::code)
                .isEqualTo(FailureCode.OBJECT_CORRUPT);
    }

    @Test // F27
    final void whatIsNotThereHasNoSizeAndCannotBeOpened() {
        store.putIfAbsent(KEY, new byte[10]);
        for (String absent : List.of("nowhere", "shop/7300", "shop/7300/wal/00000001/0", KEY + "/below")) {
            BlobKey key = new BlobKey(absent);
            assertThat(store.size(key)).isEmpty();
            assertThatThrownBy(() -> store.open(key, new ByteRange(0, 0)))
                    .hasMessageContaining(absent)
                    .extracting(BlobStoreContract::code)
                    .isEqualTo(FailureCode.OBJECT_MISSING);
        }
    }

    @Test
    final void aDeletedBlobIsGoneAndDeletingAgainSucceeds() {
        store.putIfAbsent(KEY, new byte[10]);
        assertThat(store.delete(KEY)).isEqualTo(DeleteOutcome.DELETED);
        assertThat(store.delete(KEY)).isEqualTo(DeleteOutcome.ABSENT);
        assertThat(store.delete(new BlobKey("nowhere/at/all"))).isEqualTo(DeleteOutcome.ABSENT);
        assertThat(store.size(KEY)).isEmpty();
        assertThat(keys(BlobPrefix.ROOT)).isEmpty();
        assertThat(folders(BlobPrefix.ROOT)).isEmpty();
        assertThat(store.putIfAbsent(KEY, new byte[] {5})).isEqualTo(PutOutcome.CREATED);
    }

    /// How many blobs a listing is tried with, divisible by five: more than the thousand that stores list at once.
    protected int manyBlobs() {
        return 1_100;
    }

    @Test
    final void aListingHasEveryBlobBelowItsPrefixOnce() throws Exception {
        Set<String> expected = new TreeSet<>();
        List<Callable<PutOutcome>> puts = new ArrayList<>();
        for (int i = 0; i < manyBlobs(); i++) {
            String name = "db/7/packs/" + i % 5 + "/" + i;
            puts.add(() -> store.putIfAbsent(new BlobKey(name), new byte[1]));
            expected.add(name);
        }
        try (ExecutorService writers = Executors.newFixedThreadPool(RACERS)) {
            for (Future<PutOutcome> put : writers.invokeAll(puts)) {
                assertThat(put.get()).isEqualTo(PutOutcome.CREATED);
            }
        }
        store.putIfAbsent(new BlobKey("db/7/packsize"), new byte[1]);
        store.putIfAbsent(new BlobKey("db/70/packs/0/x"), new byte[1]);
        assertThat(keys(new BlobPrefix("db/7/packs/"))).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(keys(new BlobPrefix("db/7/packs/0/"))).hasSize(manyBlobs() / 5);
        assertThat(keys(new BlobPrefix("db/7/pack/"))).isEmpty();
        assertThat(keys(BlobPrefix.ROOT)).hasSize(manyBlobs() + 2);
        assertThat(folders(new BlobPrefix("db/"))).containsExactlyInAnyOrder("7", "70");
        assertThat(folders(new BlobPrefix("db/7/packs/"))).containsExactlyInAnyOrder("0", "1", "2", "3", "4");
        assertThat(folders(new BlobPrefix("none/"))).isEmpty();
    }

    @Test
    final void aListingTellsSizeAndTimeAndMayBeLeftEarly() {
        store.putIfAbsent(KEY, new byte[123]);
        store.putIfAbsent(new BlobKey("other"), new byte[1]);
        try (BlobListing<BlobEntry> listing = store.list(new BlobPrefix("shop/"))) {
            BlobEntry entry = listing.next();
            assertThat(entry.key()).isEqualTo(KEY);
            assertThat(entry.size()).isEqualTo(123);
            assertThat(entry.storedAt().getEpochSecond()).isPositive();
        }
        try (BlobListing<BlobEntry> listing = store.list(BlobPrefix.ROOT)) {
            assertThat(listing.hasNext()).isTrue();
        }
    }

    @Test
    final void oddButValidKeysWork() {
        for (String odd :
                List.of("-", "_", "a..b", "A/a/A", "a/b.partial/0-1", "x".repeat(200), "0/" + "y/".repeat(100) + "z")) {
            BlobKey key = new BlobKey(odd);
            assertThat(store.putIfAbsent(key, odd.getBytes(StandardCharsets.US_ASCII)))
                    .isEqualTo(PutOutcome.CREATED);
            assertThat(read(key)).asString().isEqualTo(odd);
            assertThat(keys(BlobPrefix.ROOT)).contains(odd);
        }
    }

    private byte[] read(BlobKey key) {
        return BlobReads.all(store, key, Integer.MAX_VALUE);
    }

    private List<String> keys(BlobPrefix prefix) {
        List<String> keys = new ArrayList<>();
        try (BlobListing<BlobEntry> listing = store.list(prefix)) {
            listing.forEachRemaining(entry -> keys.add(entry.key().value()));
        }
        return keys;
    }

    private List<String> folders(BlobPrefix prefix) {
        List<String> folders = new ArrayList<>();
        try (BlobListing<String> listing = store.listFolders(prefix)) {
            listing.forEachRemaining(folders::add);
        }
        return folders;
    }

    private static FailureCode code(Throwable failure) {
        return ((PlatformException) failure).code();
    }

    private static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}

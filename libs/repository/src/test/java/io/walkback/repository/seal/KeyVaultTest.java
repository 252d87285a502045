package io.walkback.repository.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.repository.KeyRotation;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupCommit;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.testing.FaultyBlobStore;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.Closure;
import io.walkback.repository.verify.VerificationReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyVaultTest {
    private static final LocalKeys NEXT = new LocalKeys("the next file", List.of(new DataKey(Samples.noise(32, 8))));

    @TempDir
    Path work;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private final LineageRepository lineage = Samples.lineage(store, true);

    @Test // two writers racing on one backup
    void twoAttemptsAtOneBackupShareNeitherObjectNorNonceAndTheLoserAdopts() {
        // Given
        BackupCommit winner;
        BackupCommit loser;
        LineageRepository other = reopened(Samples.KEYS);
        try (BackupWriter slow = writer(lineage, "b1");
                BackupWriter fast = writer(other, "b1")) {
            Samples.write(slow, Samples.files());
            Samples.write(fast, Samples.files());
            // When
            winner = fast.finish(Samples.facts());
            loser = slow.finish(Samples.facts());
        }
        // Then
        assertThat(loser.adopted()).isTrue();
        assertThat(loser.digest()).isEqualTo(winner.digest());
        assertThat(Samples.read(lineage, "b1")).containsExactlyEntriesOf(Samples.files());
        Set<String> nonces = new HashSet<>();
        Set<String> dataKeys = new HashSet<>();
        for (BlobKey key : store.keys()) {
            if (key.value().contains("/packs/")) {
                byte[] pack = store.bytes(key);
                String objectId = HexFormat.of().formatHex(pack, 24, 40);
                dataKeys.add(HexFormat.of().formatHex(pack, 40, 56));
                int index = (int) Forger.number(pack, Forger.footerOffset(pack, pack.length) + 2, 8);
                for (Forger.Frame frame : Forger.frames(pack, index)) {
                    long ordinal = Forger.number(pack, frame.offset() + 1, 3);
                    assertThat(nonces.add(objectId + "/" + ordinal)).isTrue();
                }
            }
        }
        assertThat(nonces).hasSizeGreaterThan(20);
        assertThat(dataKeys).hasSize(2);
    }

    @Test
    void twoWritersOfOneAttemptUseOneKey() throws Exception {
        // Given
        KeyPlace place = lineage.lineage().key(UUID.randomUUID());
        int writers = 8;
        List<Future<DataKey>> keys = new ArrayList<>();
        // When
        try (ExecutorService pool = Executors.newFixedThreadPool(writers)) {
            for (int i = 0; i < writers; i++) {
                KeyVault vault = reopened(Samples.KEYS).lineage().vault().orElseThrow();
                Callable<DataKey> obtain = () -> vault.obtain(place);
                keys.add(pool.submit(obtain));
            }
        }
        // Then
        DataKey first = keys.getFirst().get();
        for (Future<DataKey> key : keys) {
            assertThat(key.get()).isEqualTo(first);
        }
        assertThat(lineage.lineage().vault().orElseThrow().wrappers(place)).hasSize(1);
    }

    @Test
    void twoWritersOfOneAttemptUnderTwoKeysAreToldToTryAgain() {
        // Given: a store in which another's wrapper appears between looking and putting.
        KeyPlace place = lineage.lineage().key(UUID.randomUUID());
        KeyEncryption late = new Intruding(Samples.KEYS, () -> vault(NEXT).obtain(place));
        // When, then
        assertThatThrownBy(() -> vault(late).obtain(place))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("under another key-encryption key");
    }

    @Test
    void aWrapperThatTheStoreLostIsFoundBeforeAnyObjectNamesIt() {
        // Given: a store that acknowledges wrapped keys and drops them.
        MemoryBlobStore losing = new MemoryBlobStore(Samples.CLOCK) {
            @Override
            public PutOutcome putIfAbsent(BlobKey key, byte[] content) {
                return PutOutcome.CREATED;
            }
        };
        KeyVault vault = new KeyVault(losing, Samples.CLOCK, lineage.lineage().repositoryId(), Samples.KEYS);
        // When, then: F28
        assertThatThrownBy(() -> vault.obtain(lineage.lineage().key(UUID.randomUUID())))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("cannot be found");
    }

    @Test
    void noObjectIsPutBeforeItsKey() {
        // Given
        FaultyBlobStore.When before = FaultyBlobStore.When.BEFORE;
        for (int failing = 1; failing < 200; failing++) {
            MemoryBlobStore fresh = new MemoryBlobStore(Samples.CLOCK);
            Samples.lineage(fresh, true);
            FaultyBlobStore faulty = new FaultyBlobStore(fresh, failing, before);
            // When
            boolean failed = false;
            try {
                Samples.open(faulty, true)
                        .current(Samples.SHOP)
                        .orElseThrow()
                        .wal()
                        .putHistory(new TimelineId(2), "1\t0/3000000\tx\n".getBytes(StandardCharsets.US_ASCII));
            } catch (RetryableException injected) {
                failed = true;
            }
            // Then
            boolean stored = fresh.keys().stream().anyMatch(key -> key.value().contains("/history/"));
            boolean wrapped = fresh.keys().stream().anyMatch(key -> key.value().contains("/keys/"));
            assertThat(wrapped || !stored).as("call %d", failing).isTrue();
            if (!failed) {
                assertThat(stored).isTrue();
                return;
            }
        }
        throw new AssertionError("the last call was never reached");
    }

    @Test
    void walOfOneDayHasOneKeyAndTheNextDayAnother() {
        // Given
        MovingClock clock = new MovingClock(Instant.parse("2026-03-01T23:59:00Z"));
        LineageRepository wal = Repository.open(store, clock, Optional.of(Samples.KEYS))
                .current(Samples.SHOP)
                .orElseThrow();
        // When
        wal.wal().putHistory(new TimelineId(2), new byte[] {1});
        wal.wal().putHistory(new TimelineId(3), new byte[] {1});
        UUID today = wal.lineage().dailyKey();
        clock.now = clock.now.plus(Duration.ofMinutes(2));
        wal.wal().putHistory(new TimelineId(4), new byte[] {1});
        // Then
        assertThat(wal.lineage().dailyKey()).isNotEqualTo(today);
        assertThat(keyOf(wal, 2)).isEqualTo(today).isEqualTo(keyOf(wal, 3));
        assertThat(keyOf(wal, 4)).isEqualTo(wal.lineage().dailyKey());
        assertThat(reopened(Samples.KEYS).lineage().dailyKey()).isNotEqualTo(today);
    }

    @Test
    void aClosureHoldsEveryWrappedKeyThatItNeeds() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        Samples.backup(lineage, "b2", Optional.of("b1"), Samples.files(), work);
        // When
        Closure closure = lineage.closure(new BackupId("b2"));
        // Then: naming key, b2's manifest, b1's packs.
        assertThat(closure.wrappedKeys()).hasSize(3);
        assertThat(closure.wrappedKeys().getFirst().key().value()).startsWith("keys/naming/");
        assertThat(closure.size()).isGreaterThan(closure.manifestSize());
        MemoryBlobStore copy = new MemoryBlobStore(Samples.CLOCK);
        List<BlobKey> needed = new ArrayList<>(List.of(Repository.ROOT, new BlobKey("shop/lineages/00000001")));
        needed.add(closure.manifest());
        closure.wrappedKeys().forEach(entry -> needed.add(entry.key()));
        closure.packs().forEach(pack -> needed.add(lineage.lineage().pack(pack.id())));
        needed.forEach(key -> copy.putIfAbsent(key, store.bytes(key)));
        assertThat(Samples.read(Samples.open(copy, true).current(Samples.SHOP).orElseThrow(), "b2"))
                .containsExactlyEntriesOf(Samples.files());
    }

    @Test
    void afterARotationTheNewKeyAloneOpensEverything() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        lineage.wal().putHistory(new TimelineId(2), Samples.prose(60, 2));
        List<BlobKey> before = store.keys();
        assertThatThrownBy(() -> reopened(NEXT))
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.KEY_UNAVAILABLE);
        Repository both = Repository.open(store, Samples.CLOCK, Optional.of(new KeyRing(List.of(NEXT, Samples.KEYS))));
        // When
        KeyRotation.Result first = new KeyRotation(both).run(_ -> {});
        KeyRotation.Result again = new KeyRotation(both).run(_ -> {});
        // Then
        assertThat(first).isEqualTo(new KeyRotation.Result(NEXT.current(), 3, 3));
        assertThat(again).isEqualTo(new KeyRotation.Result(NEXT.current(), 3, 0));
        assertThat(store.keys()).containsAll(before).hasSize(before.size() + 3);
        LineageRepository renewed = reopened(NEXT);
        assertThat(Samples.read(renewed, "b1")).containsExactlyEntriesOf(Samples.files());
        assertThat(renewed.wal().findHistory(new TimelineId(2))).isPresent();
        assertThat(Samples.read(reopened(Samples.KEYS), "b1")).containsExactlyEntriesOf(Samples.files());
    }

    @Test
    void aRotationThatWasCutShortIsFinishedByTheNext() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        KeyRing ring = new KeyRing(List.of(NEXT, Samples.KEYS));
        int runs = 0;
        // When: it dies at each of its calls to the store in turn.
        for (boolean done = false; !done; runs++) {
            FaultyBlobStore faulty = new FaultyBlobStore(store, runs + 1, FaultyBlobStore.When.AFTER);
            try {
                new KeyRotation(Repository.open(faulty, Samples.CLOCK, Optional.of(ring))).run(_ -> {});
                done = true;
            } catch (RetryableException injected) {
                done = false;
            }
        }
        // Then
        assertThat(runs).isGreaterThan(10);
        assertThat(Samples.read(reopened(NEXT), "b1")).containsExactlyEntriesOf(Samples.files());
    }

    @Test // P3
    void aDamagedWrapperBesideAnIntactOneIsFoundByVerifyAndDoesNotStopARestore() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        KeyRing ring = new KeyRing(List.of(NEXT, Samples.KEYS));
        new KeyRotation(Repository.open(store, Samples.CLOCK, Optional.of(ring))).run(_ -> {});
        BlobKey wrapper =
                lineage.closure(new BackupId("b1")).wrappedKeys().getLast().key();
        byte[] damaged = store.bytes(wrapper);
        damaged[damaged.length - 6] ^= 1;
        store.tamper(wrapper, Forger.withHeaderChecksum(damaged));
        // When
        VerificationReport report =
                reopened(ring).verifier().verify(new BackupId("b1"), VerificationReport.Depth.STRUCTURE);
        // Then
        assertThat(report.findings()).singleElement().satisfies(finding -> assertThat(finding.key())
                .isEqualTo(wrapper));
        assertThat(Samples.read(reopened(ring), "b1")).containsExactlyEntriesOf(Samples.files());
    }

    @Test
    void anInitThatWasCutShortIsFinishedByTheNextWithTheSameKeyOnly() {
        // Given: only the root descriptor was written.
        MemoryBlobStore fresh = new MemoryBlobStore(Samples.CLOCK);
        assertThatThrownBy(() -> Repository.init(
                        new FaultyBlobStore(fresh, 3, FaultyBlobStore.When.AFTER), Samples.CLOCK, Samples.KEYS))
                .isInstanceOf(RetryableException.class);
        assertThat(fresh.keys()).containsExactly(Repository.ROOT);
        // When, then
        assertThatThrownBy(() -> Repository.init(fresh, Samples.CLOCK, NEXT)).isInstanceOf(CorruptDataException.class);
        Repository finished = Repository.init(fresh, Samples.CLOCK, Samples.KEYS);
        assertThat(finished.id()).isEqualTo(Samples.open(fresh, true).id());
    }

    @Test // P11
    void noKeyIsPrinted() {
        DataKey key = new DataKey(Samples.noise(32, 7));
        String hex = HexFormat.of().formatHex(key.reveal());
        assertThat(List.of(
                        key.toString(),
                        Samples.KEYS.toString(),
                        new KeyRing(List.of(Samples.KEYS)).toString(),
                        lineage.lineage().toString(),
                        String.valueOf(lineage.lineage().vault())))
                .allSatisfy(text -> assertThat(text).doesNotContain(hex).doesNotContain("[B@"));
    }

    private BackupWriter writer(LineageRepository into, String id) {
        return into.newBackup(new BackupId(id), UUID.randomUUID(), Optional.empty(), Set.of(), Samples.settings(work));
    }

    private KeyVault vault(KeyEncryption keys) {
        return new KeyVault(store, Samples.CLOCK, lineage.lineage().repositoryId(), keys);
    }

    private LineageRepository reopened(KeyEncryption keys) {
        return Repository.open(store, Samples.CLOCK, Optional.of(keys))
                .current(Samples.SHOP)
                .orElseThrow();
    }

    private UUID keyOf(LineageRepository wal, int timeline) {
        byte[] object = store.bytes(wal.lineage().history(new TimelineId(timeline)));
        return new UUID(Forger.number(object, 40, 8), Forger.number(object, 48, 8));
    }

    private static final class MovingClock extends Clock {
        private Instant now;

        MovingClock(Instant now) {
            this.now = now;
        }

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

    /// Lets something happen between looking for a wrapper and putting one.
    private record Intruding(KeyEncryption keys, Runnable intrusion) implements KeyEncryption {
        @Override
        public KekId current() {
            return keys.current();
        }

        @Override
        public WrappedKey wrap(DataKey key, KeyContext context) {
            intrusion.run();
            return keys.wrap(key, context);
        }

        @Override
        public boolean holds(WrappedKey wrapped) {
            return keys.holds(wrapped);
        }

        @Override
        public DataKey unwrap(WrappedKey wrapped, KeyContext context) throws WrapDamage {
            return keys.unwrap(wrapped, context);
        }

        @Override
        public String describe() {
            return keys.describe();
        }
    }
}

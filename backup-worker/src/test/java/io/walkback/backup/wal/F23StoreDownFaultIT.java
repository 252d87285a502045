package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.backup.StoreOutage;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.wal.SegmentRange;
import io.walkback.testkit.JudgedByPostgresTools;
import io.walkback.testkit.PostgresTools;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F23: the store is away while a server writes more than the worker's spools hold. How long it is away makes no
/// difference: every attempt fails alike, and the slot keeps the WAL.
@JudgedByPostgresTools("pg_waldump")
class F23StoreDownFaultIT {
    @TempDir
    Path directory;

    @Test // P2, P6, pitfalls 1, 17, 19
    void walThatIsWrittenWhileTheStoreIsAwayStaysWithTheServerAndIsCompleteAfterwards() throws Exception {
        StoreOutage outage = new StoreOutage();
        try (Cluster cluster = Cluster.start(15, directory, config -> config);
                Receiving receiving = new Receiving(directory, new Store(directory.resolve("repository"), outage))) {
            // Given
            cluster.execute("CREATE TABLE w (id bigint, t text)");
            Receiving.Reception reception =
                    receiving.receive(cluster.registration()).begun(cluster);
            Lsn archived = Receiving.fill(cluster);
            receiving.awaitArchived(1, archived);
            // When
            outage.begin();
            for (int i = 0; i < Spools.FILES + 2; i++) {
                Receiving.fill(cluster);
            }
            await().atMost(Cluster.PATIENCE).until(() -> outage.refused() >= 3);
            assertThat(Lsn.parse(cluster.query("SELECT restart_lsn FROM pg_replication_slots")))
                    .as("what is not durable is not reported")
                    .isLessThanOrEqualTo(archived);
            Lsn end = Receiving.fill(cluster);
            outage.end();
            // Then
            receiving.awaitArchived(1, end);
            assertThat(reception.result).isNotDone();
            assertThat(receiving.events).allSatisfy(event -> assertThat(event).isInstanceOf(WalSegmentArchived.class));
            receiving.awaitOneRange(1);
            SegmentRange whole = assertThat(receiving.archive().ranges(TimelineId.FIRST))
                    .singleElement()
                    .actual();
            mustBeReadByPgWaldump(receiving, whole, end);
            await().atMost(Cluster.PATIENCE)
                    .until(() -> cluster.query("SELECT restart_lsn >= '" + end + "' FROM pg_replication_slots")
                            .equals("t"));
        }
    }

    @Test // P2, P6: several segments are stored at once, and the one that fails may be the first of them
    void aSegmentThatFailedAfterItsSuccessorWasStoredIsAskedForAgain() throws Exception {
        Overtaken overtaken = new Overtaken();
        try (Cluster cluster = Cluster.start(15, directory, config -> config);
                Receiving receiving = new Receiving(directory, new Store(directory.resolve("repository"), overtaken))) {
            // Given
            cluster.execute("CREATE TABLE w (id bigint, t text)");
            receiving.receive(cluster.registration()).begun(cluster);
            receiving.awaitArchived(1, Receiving.fill(cluster));
            WalSegment victim = WalSegment.containing(
                    TimelineId.FIRST,
                    Lsn.parse(cluster.query("SELECT pg_current_wal_insert_lsn()")),
                    Receiving.SEGMENT);
            // When
            overtaken.victim = victim;
            Receiving.fill(cluster);
            Receiving.fill(cluster);
            await().atMost(Cluster.PATIENCE).until(() -> overtaken.failed);
            Lsn end = Receiving.fill(cluster);
            // Then
            receiving.awaitArchived(1, end);
            await().atMost(Cluster.PATIENCE).until(() -> receiving.archive().contains(victim));
            receiving.awaitOneRange(1);
            SegmentRange whole = assertThat(receiving.archive().ranges(TimelineId.FIRST))
                    .singleElement()
                    .actual();
            mustBeReadByPgWaldump(receiving, whole, end);
        }
    }

    /// A store that fails one segment, and only once its successor is there.
    private static final class Overtaken implements UnaryOperator<BlobStore> {
        private volatile @Nullable WalSegment victim;
        private volatile boolean failed;

        @Override
        public BlobStore apply(BlobStore store) {
            return (BlobStore) Proxy.newProxyInstance(
                    BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (_, method, arguments) -> {
                        WalSegment chosen = victim;
                        if (chosen != null
                                && !failed
                                && method.getName().equals("newWriter")
                                && arguments[0] instanceof BlobKey key
                                && key.name().equals(chosen.fileName())) {
                            BlobKey successor = new BlobKey(key.value()
                                    .replace(chosen.fileName(), chosen.next().fileName()));
                            await().atMost(Cluster.PATIENCE)
                                    .until(() -> store.size(successor).isPresent());
                            failed = true;
                            throw new RetryableException(
                                    FailureCode.STORE_UNAVAILABLE, "the store failed once", "A test made it.");
                        }
                        try {
                            return method.invoke(store, arguments);
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getCause();
                        }
                    });
        }
    }

    /// The judge follows the chain of records from the first segment to the end.
    private void mustBeReadByPgWaldump(Receiving receiving, SegmentRange range, Lsn end) throws Exception {
        Path folder = Files.createDirectory(directory.resolve("restored-wal"));
        for (WalSegment segment = range.first(); segment.compareTo(range.last()) <= 0; segment = segment.next()) {
            try (InputStream in =
                    receiving.archive().findSegment(segment).orElseThrow().open()) {
                Files.copy(in, folder.resolve(segment.fileName()));
            }
        }
        Process judge = new ProcessBuilder(
                        PostgresTools.require("pg_waldump").toString(),
                        "--quiet",
                        "--path=" + folder,
                        "--timeline=1",
                        "--start=" + range.first().start(),
                        "--end=" + end)
                .redirectErrorStream(true)
                .start();
        String said = new String(judge.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(judge.waitFor()).as(said).isZero();
    }
}

package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.backup.StoreOutage;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.repository.wal.SegmentRange;
import io.walkback.testkit.JudgedByPostgresTools;
import io.walkback.testkit.PostgresTools;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
            SegmentRange whole = assertThat(receiving.archive().ranges(TimelineId.FIRST))
                    .singleElement()
                    .actual();
            mustBeReadByPgWaldump(receiving, whole, end);
            await().atMost(Cluster.PATIENCE)
                    .until(() -> cluster.query("SELECT restart_lsn >= '" + end + "' FROM pg_replication_slots")
                            .equals("t"));
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

package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.RestoredCopy;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.HoleStatus;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.window.WindowFold;
import io.walkback.repository.wal.SegmentRange;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F34: a primary dies and its standby is promoted, while WAL is being streamed from the one and then the other.
class F34FailoverFaultIT {
    private static final TimelineId TWO = new TimelineId(2);

    @TempDir
    Path directory;

    private Receiving receiving;

    @BeforeEach
    void open() {
        receiving = new Receiving(directory);
    }

    @AfterEach
    void close() {
        receiving.close();
    }

    @Test // pitfalls 4, 6, 7
    void whatTheArchiveLacksIsBackFilledFromThePromotedStandbyAndARestoreCrossesTheSwitch() throws Exception {
        try (TwoServers servers = TwoServers.start(directory, config -> config)) {
            // Given
            Receiving.Reception first =
                    receiving.receive(servers.primary.registration()).begun(servers.primary);
            receiving.backUp(servers.primary.registration());
            receiving.awaitArchived(1, Receiving.fill(servers.primary));
            first.stop();
            for (int i = 0; i < 3; i++) {
                Receiving.fill(servers.primary);
            }
            servers.primary.execute("INSERT INTO w VALUES (-1, 'the last on the first timeline')");
            servers.inStep();
            // When
            servers.failOver();
            servers.standby.execute("INSERT INTO w VALUES (-2, 'the first on the second timeline')");
            receiving.receive(servers.standby.registration()).begun(servers.standby);
            receiving.awaitArchived(2, Receiving.fill(servers.standby));
            // Then
            assertThat(receiving.archive().histories()).containsExactly(TWO);
            receiving.awaitOneRange(1);
            receiving.awaitOneRange(2);
            assertThat(ranges(TimelineId.FIRST)).singleElement().satisfies(range -> assertThat(
                            range.last().end())
                    .isEqualTo(WalSegment.containing(TWO, switchPoint(), Receiving.SEGMENT)
                            .start()));
            assertThat(ranges(TWO)).singleElement().satisfies(range -> assertThat(
                            range.first().start())
                    .isEqualTo(ranges(TimelineId.FIRST).getFirst().last().end()));
            assertThat(receiving.events).allSatisfy(event -> assertThat(event).isInstanceOf(WalSegmentArchived.class));
            assertThat(restored("latest")).isEqualTo(Receiving.rows(servers.standby));
        }
    }

    @Test // P2, pitfalls 4, 6
    void theReceiverFollowsTheNewPrimaryAndKeepsTheCommitsThatTheFailoverLost() throws Exception {
        try (TwoServers servers = TwoServers.start(directory, config -> config)) {
            // Given
            Receiving.Reception reception =
                    receiving.receive(servers.primary.registration()).begun(servers.primary);
            receiving.backUp(servers.primary.registration());
            receiving.awaitArchived(1, Receiving.fill(servers.primary));
            servers.inStep();
            servers.standby.server.stop();
            servers.primary.execute("INSERT INTO w VALUES (-7, 'acknowledged, and not on the standby')");
            Receiving.fill(servers.primary);
            Lsn lost = Receiving.fill(servers.primary);
            receiving.awaitArchived(1, lost);
            String rows = Receiving.rows(servers.primary);
            // When
            servers.primary.server.kill();
            servers.standby.server.start();
            servers.promote();
            receiving.register(servers.standby.registration());
            receiving.awaitArchived(2, Receiving.fill(servers.standby));
            // Then
            assertThat(reception.result).as("the same reception").isNotDone();
            assertThat(switchPoint()).isLessThan(lost);
            receiving.awaitOneRange(1);
            receiving.awaitOneRange(2);
            assertThat(ranges(TimelineId.FIRST)).singleElement().satisfies(range -> assertThat(
                            range.last().end())
                    .as("what the failover lost is kept")
                    .isEqualTo(lost));
            assertThat(ranges(TWO)).hasSize(1);
            assertThat(receiving.told(WalGapDetected.class)).isEmpty();
            assertThat(receiving.told(RepositoryFinding.class)).isEmpty();
            assertThat(restored("1")).as("and can be had").isEqualTo(rows);
        }
    }

    @Test // pitfalls 6, 7, 17
    void whatThePromotedStandbyNoLongerHasIsAGapWithTheCauseFailover() throws Exception {
        try (TwoServers servers = TwoServers.start(directory, config -> config.withOverride("wal_keep_size", "0")
                .withOverride("min_wal_size", "2MB")
                .withOverride("max_wal_size", "4MB"))) {
            // Given
            Receiving.Reception first =
                    receiving.receive(servers.primary.registration()).begun(servers.primary);
            Lsn archived = Receiving.fill(servers.primary);
            receiving.awaitArchived(1, archived);
            first.stop();
            String next = WalSegment.containing(TimelineId.FIRST, archived, Receiving.SEGMENT)
                    .fileName();
            await().atMost(Cluster.PATIENCE).until(() -> {
                Receiving.fill(servers.primary);
                servers.primary.execute("CHECKPOINT");
                servers.inStep();
                servers.standby.execute("CHECKPOINT");
                return servers.standby
                        .query("SELECT count(*) FROM pg_ls_waldir() WHERE name = '" + next + "'")
                        .equals("0");
            });
            // When
            servers.failOver();
            receiving.receive(servers.standby.registration()).begun(servers.standby);
            receiving.awaitArchived(2, Receiving.fill(servers.standby));
            // Then
            WalGapDetected gap = assertGap(archived);
            assertThat(ranges(TimelineId.FIRST).getFirst().last().end()).isEqualTo(archived);
            WindowFold window = new WindowFold();
            for (Event event : receiving.events) {
                assertThat(window.apply(event)).isTrue();
            }
            assertThat(window.holes(Cluster.SHOP)).singleElement().satisfies(hole -> {
                assertThat(hole.gapId()).isEqualTo(gap.gapId());
                assertThat(hole.status()).isEqualTo(HoleStatus.OPEN);
            });
        }
    }

    private WalGapDetected assertGap(Lsn from) {
        List<WalGapDetected> gaps = receiving.told(WalGapDetected.class);
        assertThat(gaps).hasSize(1);
        WalGapDetected gap = gaps.getFirst();
        assertThat(gap.timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(gap.fromLsn()).isEqualTo(from);
        assertThat(gap.toLsn()).isGreaterThan(from);
        assertThat(gap.cause())
                .startsWith("failover: the server is on timeline 2")
                .contains("SQLSTATE 58P01");
        return gap;
    }

    private List<SegmentRange> ranges(TimelineId timeline) {
        return receiving.archive().ranges(timeline);
    }

    private Lsn switchPoint() {
        return TimelineHistory.parse(
                        TWO, receiving.archive().findHistory(TWO).orElseThrow().readAll())
                .endOf(TimelineId.FIRST)
                .orElseThrow();
    }

    /// The rows of a copy that recovered from the archive to the end of a timeline.
    private String restored(String timeline) throws Exception {
        RestoredCopy copy = RestoredCopy.of(receiving.store.lineage(), Receiving.BACKUP, directory);
        copy.recoverToTheEndOf(timeline);
        try (Cluster restored = Cluster.on(15, copy.data, config -> config)) {
            restored.server.start();
            await().atMost(Cluster.PATIENCE)
                    .until(() -> restored.query("SELECT pg_is_in_recovery()").equals("f"));
            return Receiving.rows(restored);
        }
    }
}

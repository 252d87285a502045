package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.Lsn;
import io.walkback.domain.Secret;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.PushToken;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.window.WindowFold;
import io.walkback.embedded.FreePorts;
import io.walkback.embedded.ServerAccount;
import io.walkback.postgres.setup.ArchiveWrapper;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F34: a standby is promoted while the archiver of its primary is behind. What the standby received it counts as
/// archived and never pushes (pitfall 6).
class F34PushedFailoverFaultIT {
    @TempDir
    Path directory;

    private final Secret token = PushToken.issue();
    private final int port = FreePorts.one();
    private Receiving receiving;

    @BeforeEach
    void open() {
        receiving = new Receiving(directory);
    }

    @AfterEach
    void close() {
        receiving.close();
    }

    @Test // P2, pitfalls 6, 7
    void whatTheArchiverHadNotPushedIsFetchedFromThePromotedStandby() throws Exception {
        try (TwoServers servers = servers()) {
            Lsn pushed = pushedSoFar(servers);
            // When
            servers.failOver();
            try (PushListener _ = listen(registered(servers.standby))) {
                WalSegment last = fill(servers.standby, 2);
                // Then
                awaitArchived(last);
                Lsn holder = WalSegment.containing(TimelineId.FIRST, switchPoint(), Receiving.SEGMENT)
                        .start();
                assertThat(holder).isGreaterThan(pushed);
                await().atMost(Cluster.PATIENCE).untilAsserted(() -> assertThat(
                                receiving.archive().ranges(TimelineId.FIRST))
                        .singleElement()
                        .satisfies(range -> assertThat(range.last().end()).isEqualTo(holder)));
                assertThat(receiving.events)
                        .allSatisfy(event -> assertThat(event).isInstanceOf(WalSegmentArchived.class));
            }
        }
    }

    @Test // pitfalls 6, 7
    void whatThePromotedStandbyNoLongerHasIsAGapUntilTheOldPrimaryPushesIt() throws Exception {
        try (TwoServers servers = servers()) {
            Lsn pushed = pushedSoFar(servers);
            // When
            servers.failOver();
            WalSegment missing = WalSegment.containing(TimelineId.FIRST, pushed, Receiving.SEGMENT);
            Files.delete(pgWal(servers.standby).resolve(missing.fileName()));
            DatabaseRegistration registration = registered(servers.standby);
            try (PushListener _ = listen(registration)) {
                awaitArchived(fill(servers.standby, 2));
                // Then
                await().atMost(Cluster.PATIENCE).untilAsserted(() -> assertThat(receiving.told(WalGapDetected.class))
                        .hasSize(1));
                WalGapDetected gap = receiving.told(WalGapDetected.class).getFirst();
                assertThat(gap.cause()).startsWith("failover: the server is on timeline 2");
                assertThat(gap.fromLsn()).isEqualTo(pushed);
                assertThat(gap.timeline()).isEqualTo(TimelineId.FIRST);
                assertThat(window().holes(Cluster.SHOP)).hasSize(1);
                // When the old primary's disk is found
                for (WalSegment segment = missing; segment.start().isBefore(gap.toLsn()); segment = segment.next()) {
                    push(pgWal(servers.primary).resolve(segment.fileName()), segment.fileName());
                }
                // Then, by the clock that the two servers' commit times come from
                assertThat(window().look(Cluster.SHOP, List.of(), Instant.now())
                                .orElseThrow()
                                .closed())
                        .singleElement()
                        .satisfies(closed -> assertThat(closed.gapId()).isEqualTo(gap.gapId()));
            }
        }
    }

    private TwoServers servers() throws Exception {
        return TwoServers.start(directory, config -> config.withOverride("archive_mode", "on")
                .withOverride("archive_command", archiveCommand()));
    }

    /// The worker dies after the first segments, and the server goes on writing; returns where the archive ends.
    private Lsn pushedSoFar(TwoServers servers) throws Exception {
        Lsn pushed;
        try (PushListener _ = listen(registered(servers.primary))) {
            WalSegment last = fill(servers.primary, 1);
            awaitArchived(last);
            pushed = last.end();
        }
        for (int i = 0; i < 3; i++) {
            fill(servers.primary, 1);
        }
        servers.inStep();
        return pushed;
    }

    private DatabaseRegistration registered(Cluster cluster) throws Exception {
        return cluster.policy(BackupPolicy::pushed).registration().withPushTokenHash(PushToken.hash(token));
    }

    private PushListener listen(DatabaseRegistration registration) {
        PushReception reception = new PushReception(
                Cluster.only(registration),
                Cluster.access(),
                new Clusters(receiving.store.repository),
                receiving.events::add,
                Clock.systemUTC(),
                directory.resolve("push"),
                PushReception.UPLOADS);
        return PushListener.start(
                new PushSettings(port, "127.0.0.1", null, null), reception, directory.resolve("http"));
    }

    private String archiveCommand() {
        try {
            Path folder = Files.createDirectories(directory.resolve("host"));
            Path script = Files.writeString(folder.resolve("walkback-archive"), ArchiveWrapper.script());
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path secret = Files.writeString(folder.resolve("shop.push"), ArchiveWrapper.tokenFile(token.reveal()));
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
            ServerAccount.forThisProcess().ifPresent(account -> account.own(folder));
            return ArchiveWrapper.command(
                    script.toString(), URI.create("http://127.0.0.1:" + port), "shop", secret.toString());
        } catch (java.io.IOException fault) {
            throw new AssertionError(fault);
        }
    }

    private void push(Path file, String name) throws Exception {
        String command = archiveCommand().replace("%p", file.toString()).replace("%f", name);
        assertThat(new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor())
                .isZero();
    }

    private static Path pgWal(Cluster cluster) {
        return cluster.server.dataDirectory().resolve("pg_wal");
    }

    /// Some WAL, its last segment complete; returns that segment.
    private static WalSegment fill(Cluster cluster, int timeline) {
        return WalSegment.endingAt(new TimelineId(timeline), Receiving.fill(cluster), Receiving.SEGMENT);
    }

    private void awaitArchived(WalSegment segment) {
        receiving.awaitArchived(segment.timeline().value(), segment.end());
    }

    private Lsn switchPoint() {
        TimelineId two = new TimelineId(2);
        return io.walkback.domain.TimelineHistory.parse(
                        two, receiving.archive().findHistory(two).orElseThrow().readAll())
                .endOf(TimelineId.FIRST)
                .orElseThrow();
    }

    private WindowFold window() {
        WindowFold window = new WindowFold();
        receiving.events.forEach(event -> assertThat(window.apply(event)).isTrue());
        return window;
    }
}

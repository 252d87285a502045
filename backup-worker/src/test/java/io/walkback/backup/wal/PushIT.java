package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.RestoredCopy;
import io.walkback.backup.Store;
import io.walkback.backup.base.BaseBackupHandler;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.Secret;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.PushToken;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.embedded.FreePorts;
import io.walkback.embedded.ServerAccount;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.TestAttempts;
import io.walkback.postgres.setup.ArchiveWrapper;
import io.walkback.repository.wal.WalArchive;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real server's archiver, the printed wrapper and curl, against a worker's listener.
class PushIT {
    private static final int SEGMENT = 1 << 20;
    private static final BackupId BACKUP = new BackupId("b1");

    @TempDir
    Path directory;

    private final Secret token = PushToken.issue();
    private final int port = FreePorts.one();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private Store store;

    @BeforeEach
    void openStore() {
        store = new Store(directory.resolve("repository"));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private WalArchive archive() {
        return store.lineage().wal();
    }

    private PushListener listen(DatabaseRegistration registration) {
        PushReception reception = new PushReception(
                Cluster.only(registration),
                Cluster.access(),
                new Clusters(store.repository),
                events::add,
                Clock.systemUTC(),
                directory.resolve("push"),
                PushReception.UPLOADS);
        return PushListener.start(
                new PushSettings(port, "127.0.0.1", null, null), reception, directory.resolve("http"));
    }

    private String archiveCommand() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("it's the host"));
        Path script = Files.writeString(folder.resolve("walkback-archive"), ArchiveWrapper.script());
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path secret = Files.writeString(folder.resolve("shop.push"), ArchiveWrapper.tokenFile(token.reveal()));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        ServerAccount.forThisProcess().ifPresent(account -> account.own(folder));
        return ArchiveWrapper.command(
                script.toString(), URI.create("http://127.0.0.1:" + port), "shop", secret.toString());
    }

    /// Some WAL, its last segment complete; returns that segment.
    private static WalSegment fill(Cluster cluster, int timeline) {
        cluster.execute("INSERT INTO w SELECT g, md5(g::text) FROM generate_series(1, 20000) g");
        Lsn end = Lsn.parse(cluster.query("SELECT pg_switch_wal()"));
        return WalSegment.endingAt(new TimelineId(timeline), end, SEGMENT);
    }

    private void awaitPushed(Cluster cluster, WalSegment last) {
        await().atMost(Cluster.PATIENCE).untilAsserted(() -> {
            assertThat(store.repository.current(Cluster.SHOP)).isPresent();
            assertThat(archive().contains(last)).as(last.fileName()).isTrue();
            assertThat(cluster.query("SELECT string_agg(name, ' ') FROM pg_ls_archive_statusdir()"
                            + " WHERE name LIKE '%.ready'"))
                    .as("what waits to be archived")
                    .isEqualTo("null");
        });
    }

    @Test // P1, P6, P2, pitfalls 1, 3, 4, 5, 7
    void aServerThatPushesLosesNothingThroughAWorkersDeathAndAPromotion() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config.withSetting("archive_mode", "on"))
                .policy(BackupPolicy::pushed)) {
            // Given
            cluster.execute(
                    "CREATE TABLE w (id bigint, t text)",
                    "ALTER SYSTEM SET archive_command = '" + archiveCommand().replace("'", "''") + "'",
                    "SELECT pg_reload_conf()");
            DatabaseRegistration registration = cluster.registration().withPushTokenHash(PushToken.hash(token));
            PushListener first = listen(registration);
            Facts.BackedUp facts = backUp(registration);
            awaitPushed(cluster, WalSegment.endingAt(TimelineId.FIRST, facts.stop(), SEGMENT));
            assertThat(archive().missing(facts.timeline(), facts.start(), facts.stop(), 9))
                    .isEmpty();
            assertThat(cluster.query("SELECT count(*) FROM pg_replication_slots"))
                    .isEqualTo("0");
            assertThat(cluster.query("SELECT last_archived_wal FROM pg_stat_archiver"))
                    .as("the note about the base backup went the same way")
                    .endsWith(".backup");
            // When the server pushes a segment again
            String again = cluster.query("SELECT name FROM pg_ls_archive_statusdir()"
                    + " WHERE name ~ '^[0-9A-F]{24}\\.done$' ORDER BY name DESC LIMIT 1");
            Path status = cluster.server.dataDirectory().resolve("pg_wal").resolve("archive_status");
            Files.move(status.resolve(again), status.resolve(again.replace(".done", ".ready")));
            awaitPushed(cluster, fill(cluster, 1));
            assertThat(cluster.query("SELECT failed_count FROM pg_stat_archiver"))
                    .isEqualTo("0");
            // When the worker is away in the middle of it
            first.close();
            WalSegment meanwhile = fill(cluster, 1);
            await().atMost(Cluster.PATIENCE).until(() -> !cluster.query("SELECT failed_count FROM pg_stat_archiver")
                    .equals("0"));
            try (PushListener second = listen(registration)) {
                assertThat(second.port()).isEqualTo(port);
                awaitPushed(cluster, meanwhile);
                // When another cluster's segment comes under its name
                refusesAStranger(cluster, meanwhile);
                // When it is promoted
                promote(cluster);
                awaitPushed(cluster, fill(cluster, 2));
            }
            // Then
            assertThat(archive().ranges(TimelineId.FIRST)).hasSize(1);
            assertThat(archive().ranges(new TimelineId(2))).hasSize(1);
            assertThat(archive().histories()).containsExactly(new TimelineId(2));
            assertThat(events.stream()
                            .filter(WalSegmentArchived.class::isInstance)
                            .map(told -> ((WalSegmentArchived) told).source()))
                    .containsOnly(WalSource.PUSH);
            assertThat(events.stream().filter(RepositoryFinding.class::isInstance))
                    .singleElement()
                    .satisfies(told -> assertThat(
                                    ((RepositoryFinding) told).problem().code())
                            .isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH));
            restores(cluster);
        }
    }

    /// F36
    private void refusesAStranger(Cluster cluster, WalSegment segment) throws Exception {
        byte[] content = archive().findSegment(segment).orElseThrow().readAll();
        content[24] ^= 1;
        Path file = Files.write(directory.resolve("stranger"), content);
        String command = archiveCommand().replace("%p", file.toString()).replace("%f", segment.fileName());
        Process wrapper = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .start();
        String said = new String(wrapper.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(wrapper.waitFor()).isEqualTo(1);
        assertThat(said).contains("409 ");
        assertThat(cluster.query("SELECT 1")).isEqualTo("1");
    }

    private static void promote(Cluster cluster) throws Exception {
        cluster.execute("INSERT INTO w VALUES (-1, 'the last on the first timeline')");
        cluster.server.stopImmediately();
        Files.createFile(cluster.server.dataDirectory().resolve("recovery.signal"));
        Files.writeString(
                cluster.server.dataDirectory().resolve("postgresql.auto.conf"),
                "restore_command = '/bin/false'\n",
                StandardOpenOption.APPEND);
        cluster.server.start();
        await().atMost(Cluster.PATIENCE)
                .until(() -> cluster.query("SELECT pg_is_in_recovery()").equals("f"));
        cluster.execute("INSERT INTO w VALUES (-2, 'the first on the second timeline')");
    }

    private void restores(Cluster cluster) throws Exception {
        String rows = cluster.query("SELECT count(*) || '/' || sum(id) FROM w");
        RestoredCopy copy = RestoredCopy.of(store.lineage(), BACKUP, directory);
        copy.recoverToTheEnd();
        try (Cluster restored = Cluster.on(15, copy.data, config -> config.withOverride("archive_mode", "off"))) {
            restored.server.start();
            await().atMost(Cluster.PATIENCE)
                    .until(() -> restored.query("SELECT pg_is_in_recovery()").equals("f"));
            assertThat(restored.query("SELECT count(*) || '/' || sum(id) FROM w"))
                    .isEqualTo(rows);
        }
    }

    private Facts.BackedUp backUp(DatabaseRegistration registration) throws InterruptedException {
        BaseBackupHandler handler = new BaseBackupHandler(
                Cluster.only(registration),
                Cluster.access(),
                new Clusters(store.repository),
                events::add,
                Clock.systemUTC(),
                directory.resolve("work"),
                1,
                1);
        Attempt attempt = TestAttempts.claimed(Cluster.SHOP, BACKUP.value(), new Command.TakeBackup(BACKUP));
        return ((AttemptHandler.Result.Copied) handler.run(attempt)).facts();
    }
}

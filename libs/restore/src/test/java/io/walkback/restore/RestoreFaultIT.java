package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalPiece;
import io.walkback.restore.fetch.HostLock;
import io.walkback.restore.fetch.Postmaster;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.replay.RunDirectory;
import io.walkback.testkit.JudgedByPostgresTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Refusals and faults, on one cluster of each major with one backup and a few segments of WAL after it.
class RestoreFaultIT {
    private static final RestoreProgress SILENT = (_, _, _, _) -> {};
    private static final Map<Integer, SourceCluster> SOURCES = new HashMap<>();
    private static Instant beforeBackup = Instant.EPOCH;

    @BeforeAll
    static void prepare() throws Exception {
        for (int major : new int[] {15, 18}) {
            SourceCluster source = new SourceCluster(major);
            SOURCES.put(major, source);
            source.sql("CREATE TABLE t AS SELECT g, repeat('x', 300) FROM generate_series(1, 3000) g");
            beforeBackup = source.now();
            source.backup("b1");
            for (int batch = 0; batch < 4; batch++) {
                source.sql("INSERT INTO t SELECT g, repeat('y', 300) FROM generate_series(1, 2000) g");
                source.archive();
            }
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (SourceCluster source : SOURCES.values()) {
            source.close();
        }
    }

    private static SourceCluster source(int major) {
        return Objects.requireNonNull(SOURCES.get(major));
    }

    private static Command.Restore to(Path directory, RecoveryTarget target) {
        return RestoreIT.to(directory, target, true, Map.of());
    }

    private static PlatformException refusal(SourceCluster source, Command.Restore command) {
        return catchThrowableOfType(
                PlatformException.class, () -> source.engine().restore("op", SourceCluster.DATABASE, command, SILENT));
    }

    @Test
    void p12RefusesTargetsBeforeTheBackupBeyondTheArchiveAndOfUnknownBackups() throws Exception {
        SourceCluster source = source(15);
        Path directory = source.path("refused");
        // When
        PlatformException early = refusal(source, to(directory, new RecoveryTarget.Time(beforeBackup)));
        PlatformException late =
                refusal(source, to(directory, new RecoveryTarget.Time(Instant.parse("2199-01-01T00:00:00Z"))));
        PlatformException far = refusal(source, to(directory, new RecoveryTarget.Position(Lsn.parse("FF/0"))));
        PlatformException low = refusal(source, to(directory, new RecoveryTarget.Position(Lsn.parse("0/1000028"))));
        PlatformException xid = refusal(source, to(directory, new RecoveryTarget.Transaction("700")));
        // Then each names what can be reached instead
        assertThat(early.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        assertThat(early).hasMessageContaining("b1").hasMessageContaining(beforeBackup.toString());
        assertThat(late.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        assertThat(late).hasMessageContaining("the latest that backup b1 reaches");
        assertThat(far.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        assertThat(far).hasMessageContaining("the latest that backup b1 reaches is 0/");
        assertThat(low).isNotNull();
        assertThat(xid.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        // and before a byte was copied
        assertThat(directory).doesNotExist();
        assertThat(RunDirectory.of(directory).path()).doesNotExist();
    }

    @Test
    void pitfall39NamesAnUnknownBackupInsteadOfTakingAnother() throws Exception {
        SourceCluster source = source(15);
        Command.Restore command = new Command.Restore(
                new BackupId("b9"),
                new RecoveryTarget.Latest(),
                null,
                "here",
                source.path("refused").toString(),
                Map.of(),
                true);
        assertThat(refusal(source, command).code()).isEqualTo(FailureCode.BACKUP_UNKNOWN);
    }

    @Test
    void f55RefusesARunningServerANonEmptyDirectoryALinkAndAMissingParent() throws Exception {
        SourceCluster source = source(15);
        Path full = Files.createDirectory(source.path("full"));
        Files.writeString(full.resolve("precious"), "data");
        Path link = Files.createSymbolicLink(source.path("link"), Files.createDirectory(source.path("empty")));
        RecoveryTarget latest = new RecoveryTarget.Latest();
        // When
        PlatformException running = refusal(source, to(source.server.dataDirectory(), latest));
        PlatformException occupied = refusal(source, to(full, latest));
        PlatformException linked = refusal(source, to(link, latest));
        PlatformException orphan = refusal(source, to(source.path("no/such/parent"), latest));
        PlatformException relative = refusal(source, to(Path.of("relative"), latest));
        // Then
        assertThat(running.code()).isEqualTo(FailureCode.TARGET_NOT_EMPTY);
        assertThat(running)
                .hasMessageContaining("process " + source.server.process().pid());
        assertThat(occupied).hasMessageContaining("precious");
        assertThat(linked).hasMessageContaining("symbolic link");
        assertThat(orphan.code()).isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(relative.code()).isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(Files.readString(full.resolve("precious"))).isEqualTo("data");
        assertThat(source.query("SELECT 1")).isEqualTo("1");
    }

    @Test
    void refusesATargetThatAnotherRestoreHoldsOrLeftUnfinished() throws Exception {
        SourceCluster source = source(15);
        Path held = source.path("held");
        RunDirectory run = RunDirectory.of(held);
        run.create(ServerAccount.forThisProcess());
        Path foreign = Files.createDirectory(source.path("foreign"));
        Files.writeString(foreign.resolve("walkback.incomplete"), "operation=other\n");
        try (HostLock _ = HostLock.take(run.lock())) {
            // When
            PlatformException locked = refusal(source, to(held, new RecoveryTarget.Latest()));
            PlatformException unfinished = refusal(source, to(foreign, new RecoveryTarget.Latest()));
            // Then
            assertThat(locked).hasMessageContaining("another restore on this host");
            assertThat(unfinished).hasMessageContaining("operation other");
            assertThat(held).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void pitfall42StopsInsteadOfPromotingWhenAPlannedSegmentIsGone(int major) throws Exception {
        SourceCluster source = source(major);
        Path directory = source.path("gone");
        RestorePlan plan = source.engine().plan(SourceCluster.DATABASE, to(directory, new RecoveryTarget.Latest()));
        WalSegment victim = plan.wal().segment(plan.wal().lastNumber() - 1).orElseThrow();
        Path object = object(source, source.lineage().lineage().segment(victim));
        Path aside = object.resolveSibling("aside");
        // When it disappears after the plan was made
        RestoreProgress remove = (phase, _, _, _) -> {
            if (phase.equals("syncing")) {
                object.toFile().renameTo(aside.toFile());
            }
        };
        PlatformException failure = catchThrowableOfType(PlatformException.class, () -> source.engine()
                .restore("op", SourceCluster.DATABASE, to(directory, new RecoveryTarget.Latest()), remove));
        Files.move(aside, object);
        // Then
        assertThat(failure.code()).isEqualTo(FailureCode.OBJECT_MISSING);
        assertThat(failure).hasMessageContaining(victim.fileName());
        assertIncompleteAndNotPromoted(directory);
        // and nobody but us gets it to start
        assertThatThrownBy(() -> startAsAnOwnerWould(major, directory)).hasMessageContaining("ended");
        assertIncompleteAndNotPromoted(directory);
        // and the same operation goes through once the segment is back
        Facts.Restored facts = source.engine()
                .restore("op", SourceCluster.DATABASE, to(directory, new RecoveryTarget.Latest()), SILENT);
        assertThat(facts.reached()).isNotNull();
        RestoredCopy.stop(directory);
    }

    private static void startAsAnOwnerWould(int major, Path directory) {
        try (PostgresServer server = new PostgresServer(PostgresConfig.of(SourceCluster.programs(major), directory))) {
            server.start();
        }
    }

    private static void assertIncompleteAndNotPromoted(Path directory) {
        assertThat(directory.resolve("walkback.incomplete")).exists();
        assertThat(directory.resolve("pg_wal/00000002.history")).doesNotExist();
    }

    @ParameterizedTest // P3
    @ValueSource(ints = {15, 18})
    void f26NamesADamagedWalObjectAndDoesNotPromote(int major) throws Exception {
        SourceCluster source = source(major);
        Path directory = source.path("damaged-wal");
        RestorePlan plan = source.engine().plan(SourceCluster.DATABASE, to(directory, new RecoveryTarget.Latest()));
        WalSegment victim = plan.wal().segment(plan.wal().firstNumber() + 2).orElseThrow();
        BlobKey key = source.lineage().lineage().segment(victim);
        Path object = object(source, key);
        flip(object, Files.size(object) / 2);
        // When
        PlatformException failure = refusal(source, to(directory, new RecoveryTarget.Latest()));
        flip(object, Files.size(object) / 2);
        // Then
        assertThat(failure.code()).isEqualTo(FailureCode.OBJECT_CORRUPT);
        assertThat(failure).hasMessageContaining(key.value());
        assertIncompleteAndNotPromoted(directory);
    }

    @Test // P3
    void f26NamesADamagedPackAndLeavesNoControlFile() throws Exception {
        SourceCluster source = source(15);
        Path directory = source.path("damaged-pack");
        BlobKey key;
        try (var reader = source.lineage().openBackup(new BackupId("b1"))) {
            key = source.lineage().lineage().pack(reader.packs().getFirst().id());
        }
        Path object = object(source, key);
        flip(object, Files.size(object) / 2);
        // When
        PlatformException failure = refusal(source, to(directory, new RecoveryTarget.Latest()));
        flip(object, Files.size(object) / 2);
        // Then
        assertThat(failure.code()).isEqualTo(FailureCode.OBJECT_CORRUPT);
        assertThat(failure).hasMessageContaining(key.value());
        assertThat(directory.resolve("global/pg_control")).doesNotExist();
        assertThat(directory.resolve("walkback.incomplete")).exists();
    }

    @Test
    void f27RefusesABackupWithAMissingPackBeforeTouchingTheTarget() throws Exception {
        SourceCluster source = source(15);
        Path directory = source.path("missing-pack");
        BlobKey key;
        try (var reader = source.lineage().openBackup(new BackupId("b1"))) {
            key = source.lineage().lineage().pack(reader.packs().getFirst().id());
        }
        Path object = object(source, key);
        Path aside = object.resolveSibling("aside");
        Files.move(object, aside);
        // When
        PlatformException failure = refusal(source, to(directory, new RecoveryTarget.Latest()));
        Files.move(aside, object);
        // Then
        assertThat(failure.code()).isEqualTo(FailureCode.OBJECT_MISSING);
        assertThat(failure).hasMessageContaining(key.value());
        assertThat(directory).doesNotExist();
    }

    @Test
    void f39RefusesATargetInAHoleAndNamesBothSides() throws Exception {
        SourceCluster source = source(15);
        Path directory = source.path("hole");
        RestorePlan plan = source.engine().plan(SourceCluster.DATABASE, to(directory, new RecoveryTarget.Latest()));
        WalSegment victim = plan.wal().segment(plan.wal().lastNumber() - 1).orElseThrow();
        Path object = object(source, source.lineage().lineage().segment(victim));
        Path aside = object.resolveSibling("aside");
        Files.move(object, aside);
        // When
        PlatformException failure = refusal(source, to(directory, new RecoveryTarget.Position(victim.end())));
        PlatformException latest = refusal(source, to(directory, new RecoveryTarget.Latest()));
        Files.move(aside, object);
        // Then
        assertThat(failure.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        assertThat(failure).hasMessageContaining(victim.fileName()).hasMessageContaining("the latest that backup b1");
        assertThat(latest).hasMessageContaining(victim.fileName());
        assertThat(directory).doesNotExist();
    }

    @Test // what is there of the last two segments in pieces only must not end with the first of them
    void f39RefusesTheLatestPositionWhereLaterWalIsThereThanCanBeReached() throws Exception {
        SourceCluster source = source(15);
        Path directory = source.path("pieces");
        WalArchive archive = source.lineage().wal();
        WalSegment last = archive.ranges(TimelineId.FIRST).getLast().last();
        WalSegment victim = WalSegment.endingAt(TimelineId.FIRST, last.start(), last.size());
        Map<Path, Path> aside = new HashMap<>();
        for (WalSegment segment : List.of(victim, last)) {
            byte[] bytes = archive.findSegment(segment).orElseThrow().readAll();
            archive.putPiece(new WalPiece(segment, segment.start(), segment.end()), bytes);
            Path object = object(source, source.lineage().lineage().segment(segment));
            aside.put(Files.move(object, object.resolveSibling(segment + ".aside")), object);
        }
        // When
        PlatformException latest = refusal(source, to(directory, new RecoveryTarget.Latest()));
        for (Map.Entry<Path, Path> moved : aside.entrySet()) {
            Files.move(moved.getKey(), moved.getValue());
        }
        // Then
        assertThat(latest.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
        assertThat(latest).hasMessageContaining(victim + " is in the archive up to " + victim.end() + " only");
        assertThat(directory).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"restore.mid-fetch", "restore.recovering"})
    @JudgedByPostgresTools("psql")
    void f04CompletesAfterTheProcessWasKilledInTheMiddle(String point) throws Exception {
        SourceCluster source = source(15);
        Path directory = source.path("killed-" + point);
        // Given a process that is killed at this point
        assertThat(RestoreProcess.exitOf(source, directory, point)).isEqualTo(137);
        assertThat(directory.resolve("walkback.incomplete")).exists();
        if (point.equals("restore.mid-fetch")) {
            assertThat(directory.resolve("global/pg_control")).doesNotExist();
        }
        // When another one takes the operation over
        Facts.Restored facts = source.engine()
                .restore("op", SourceCluster.DATABASE, to(directory, new RecoveryTarget.Latest()), SILENT);
        // Then
        assertThat(RestoredCopy.query(String.valueOf(facts.socket()), "SELECT count(*) FROM t"))
                .isEqualTo("11000");
        RestoredCopy.stop(directory);
    }

    @Test
    void f04AdoptsARestoreThatWasCompleteWhenItsProcessWasKilled() throws Exception {
        SourceCluster source = source(15);
        Path directory = source.path("killed-at-the-end");
        assertThat(RestoreProcess.exitOf(source, directory, "restore.completed"))
                .isEqualTo(137);
        long server = Postmaster.of(directory).orElseThrow().pid();
        // When
        Facts.Restored facts = source.engine()
                .restore("op", SourceCluster.DATABASE, to(directory, new RecoveryTarget.Latest()), SILENT);
        // Then the same server runs on
        assertThat(facts.backup()).isEqualTo(new BackupId("b1"));
        assertThat(Postmaster.of(directory).orElseThrow().pid()).isEqualTo(server);
        RestoredCopy.stop(directory);
    }

    @Test
    void stopsItsServerWhenInterruptedAndLeavesTheCopyMarked() throws Exception {
        SourceCluster source = source(15);
        Path directory = source.path("interrupted");
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread[] self = new Thread[1];
        RestoreProgress interrupt = (phase, _, _, _) -> {
            if (phase.equals("recovering")) {
                self[0].interrupt();
            }
        };
        self[0] = Thread.ofVirtual().unstarted(() -> {
            try {
                source.engine()
                        .restore("op", SourceCluster.DATABASE, to(directory, new RecoveryTarget.Latest()), interrupt);
                ended.complete(new AssertionError("it went through"));
            } catch (Throwable failure) {
                ended.complete(failure);
            }
        });
        // When
        self[0].start();
        // Then
        assertThat(ended.get(120, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Postmaster.of(directory)
                .isEmpty());
        assertThat(directory.resolve("walkback.incomplete")).exists();
    }

    private static Path object(SourceCluster source, BlobKey key) {
        Path plain = source.repositoryFolder().resolve(key.value());
        assertThat(plain).exists();
        return plain;
    }

    private static void flip(Path file, long at) throws Exception {
        file.toFile().setWritable(true);
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 0x10;
        Files.write(file, bytes);
    }
}

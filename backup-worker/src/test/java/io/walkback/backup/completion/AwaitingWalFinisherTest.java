package io.walkback.backup.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.inventory.Databases;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.SecretReference;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.operations.LiveOperations;
import io.walkback.operations.TestAttempts;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupCommit;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.FileKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwaitingWalFinisherTest {
    private static final int SIZE = 1 << 20;
    private static final DatabaseId SHOP = new DatabaseId("shop");
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(7);
    private static final BackupId BACKUP = new BackupId("b1");
    private static final Instant AT = Instant.parse("2026-05-01T02:00:00Z");
    private static final Lsn START = new Lsn((3L << 20) + 40);
    private static final Lsn STOP = new Lsn((5L << 20) + 100);

    @TempDir
    Path directory;

    private final List<OperationRecord> log = new CopyOnWriteArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final LiveOperations live = TestAttempts.live();
    private Repository repository;
    private LineageRepository lineage;
    private AwaitingWalFinisher finisher;
    private volatile boolean streamWal = true;
    private volatile boolean pushWal;
    private volatile Immutability immutability = Immutability.NONE;

    private final class OneDatabase implements Databases {
        @Override
        public Optional<DatabaseRegistration> find(DatabaseId database) {
            BackupPolicy usual = BackupPolicy.DEFAULT;
            return Optional.of(new DatabaseRegistration(
                    database,
                    new Connection(
                            "127.0.0.1",
                            5432,
                            "postgres",
                            "walkback",
                            new SecretReference.InFile(Path.of("/none")),
                            "disable",
                            null),
                    null,
                    new BackupPolicy(
                            true,
                            usual.cron(),
                            usual.zone(),
                            3,
                            false,
                            0,
                            streamWal,
                            usual.retention(),
                            usual.keep(),
                            3,
                            immutability,
                            1,
                            pushWal),
                    Map.of()));
        }

        @Override
        public boolean isReady() {
            return true;
        }
    }

    @BeforeEach
    void open() {
        repository = Repository.init(
                BlobStores.create(directory.resolve("repository").toUri()), Clock.systemUTC());
        lineage = repository.forWriting(SHOP, SYSTEM, new ClusterGeometry(SIZE, 8192));
        finisher = finisher(Duration.ofMillis(50));
    }

    private AwaitingWalFinisher finisher(Duration every) {
        return new AwaitingWalFinisher(
                repository,
                live,
                record -> {
                    log.add(record);
                    return CompletableFuture.completedFuture(null);
                },
                events::add,
                new OneDatabase(),
                Clock.systemUTC(),
                every,
                fault -> {
                    throw new AssertionError(fault);
                });
    }

    @AfterEach
    void close() {
        finisher.close();
        repository.close();
    }

    /// A backup of one small file, committed.
    private Facts.BackedUp committed(TimelineId timeline) {
        FileContent control = new FileContent(new byte[] {1});
        FileContent label = new FileContent("label".getBytes(StandardCharsets.UTF_8));
        BackupFacts facts = new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(150_019, SIZE, 8192, true),
                new BackupFacts.WalSpan(timeline, START, timeline, STOP, Optional.empty()),
                AT,
                AT,
                new BackupFacts.ControlFiles(Optional.of(label), Optional.empty(), control),
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test");
        try (BackupWriter writer = lineage.newBackup(
                BACKUP, UUID.randomUUID(), Optional.empty(), Set.of(), new BackupSettings(1, 3, directory))) {
            writer.beginFile(
                    new EntryPath("PG_VERSION"), new EntryAttributes(0600, 0, 0, "", "", AT), FileKind.OTHER, 3);
            writer.write("15\n".getBytes(StandardCharsets.UTF_8), 0, 3);
            writer.endFile();
            BackupCommit commit = writer.finish(facts);
            return new Facts.BackedUp(
                    BACKUP,
                    SYSTEM,
                    150_019,
                    timeline,
                    START,
                    STOP,
                    SIZE,
                    3,
                    3,
                    commit.digest().toString(),
                    AT,
                    AT,
                    0);
        }
    }

    private void archive(int timeline, long... numbers) {
        for (long number : numbers) {
            lineage.wal()
                    .putSegment(
                            new WalSegment(new TimelineId(timeline), number, SIZE),
                            new ByteArrayInputStream(new byte[SIZE]),
                            Optional.empty());
        }
    }

    private void awaiting(Facts.BackedUp facts) {
        TestAttempts.put(live, TestAttempts.awaitingWal(SHOP, BACKUP.value(), facts));
    }

    @Test // P1
    void aBackupWhoseWalCannotBeLockedAsThePolicyWantsIsNotCompleted() {
        // Given: a folder locks nothing.
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4, 5);
        immutability = Immutability.parse("governance 35d");
        // When
        finisher.look();
        finisher.lookQuickly();
        // Then
        assertThat(log).isEmpty();
        immutability = Immutability.NONE;
        finisher.look();
        assertThat(log).singleElement().isInstanceOf(OperationRecord.Completed.class);
    }

    @Test // P1, pitfall 21
    void aBackupIsCompletedWhenTheLastSegmentOfItsWalIsThereAndNotBefore() {
        // Given
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        awaiting(facts);
        archive(1, 3, 4);
        // When
        finisher.look();
        assertThat(log).isEmpty();
        archive(1, 5);
        finisher.look();
        finisher.look();
        // Then
        assertThat(log).singleElement().isInstanceOfSatisfying(OperationRecord.Completed.class, completed -> {
            assertThat(completed.facts()).isEqualTo(facts);
            assertThat(completed.operation().value()).isEqualTo("b1");
        });
        assertThat(events).isEmpty();
    }

    @Test
    void aBackupWhoseWalHasJustComeIsCompletedWithoutWaitingForTheNextThoroughLook() {
        // Given a finisher that looks thoroughly once an hour
        finisher.close();
        finisher = finisher(Duration.ofHours(1));
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        awaiting(facts);
        archive(1, 3, 4);
        finisher.start();
        // When
        archive(1, 5);
        // Then
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(log).singleElement().isInstanceOf(OperationRecord.Completed.class));
    }

    @Test // P1
    void aQuickLookCompletesNothingThatLacksWalOrAPackAndSaysNothing() {
        // Given
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        awaiting(facts);
        archive(1, 3, 4);
        // When
        finisher.lookQuickly();
        archive(1, 5);
        lineage.closure(BACKUP)
                .packs()
                .forEach(pack -> repository.store().delete(lineage.lineage().pack(pack.id())));
        finisher.lookQuickly();
        // Then
        assertThat(log).isEmpty();
        assertThat(events).isEmpty();
    }

    @Test // P1
    void aBackupWhosePackIsGoneIsNotCompletedAndIsTold() throws IOException {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4, 5);
        try (var packs = Files.walk(directory.resolve("repository/shop/7/packs"))) {
            Files.delete(packs.filter(Files::isRegularFile).findFirst().orElseThrow());
        }
        // When
        finisher.look();
        finisher.look();
        // Then
        assertThat(log).isEmpty();
        assertThat(events).singleElement().isInstanceOfSatisfying(RepositoryFinding.class, finding -> assertThat(
                        finding.affectedBackups())
                .containsExactly(BACKUP));
    }

    @Test // P1
    void aBackupInAnotherRepositoryThanThisWorkersIsNotCompleted() {
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        awaiting(new Facts.BackedUp(
                BACKUP,
                new SystemIdentifier(8),
                facts.serverVersion(),
                facts.timeline(),
                START,
                STOP,
                SIZE,
                3,
                3,
                facts.manifestDigest(),
                AT,
                AT,
                0));
        finisher.look();
        assertThat(log).isEmpty();
        assertThat(events).hasSize(1);
    }

    @Test // P1
    void aManifestThatIsNotTheOneInTheLogIsNotCompleted() {
        // Given
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        archive(1, 3, 4, 5);
        awaiting(new Facts.BackedUp(
                BACKUP,
                SYSTEM,
                150_019,
                TimelineId.FIRST,
                START,
                STOP,
                SIZE,
                3,
                3,
                "sha256:" + "1".repeat(64),
                AT,
                AT,
                0));
        // When
        finisher.look();
        // Then
        assertThat(facts.manifestDigest()).doesNotContain("1".repeat(64));
        assertThat(log).isEmpty();
        assertThat(events).hasSize(1);
    }

    @Test // pitfall 41
    void aBackupOnALaterTimelineNeedsItsHistoryToo() {
        // Given
        awaiting(committed(new TimelineId(2)));
        archive(2, 3, 4, 5);
        // When
        finisher.look();
        assertThat(log).isEmpty();
        lineage.wal().putHistory(new TimelineId(2), "1\t0/200000\tx\n".getBytes(StandardCharsets.UTF_8));
        finisher.look();
        // Then
        assertThat(log).hasSize(1);
    }

    @Test // pitfall 7
    void theLastSegmentOfALeftTimelineMayComeFromTheOneThatWentOn() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4);
        archive(2, 5);
        lineage.wal().putHistory(new TimelineId(2), ("1\t" + STOP.plus(-8) + "\tx\n").getBytes(StandardCharsets.UTF_8));
        // When
        finisher.look();
        assertThat(log).as("branched off before the stop").isEmpty();
        archive(3, 5);
        lineage.wal().putHistory(new TimelineId(3), ("1\t" + STOP + "\tx\n").getBytes(StandardCharsets.UTF_8));
        finisher.look();
        // Then
        assertThat(log).hasSize(1);
    }

    private void assertFailedForWal(String missing) {
        assertThat(log).singleElement().isInstanceOfSatisfying(OperationRecord.AttemptFailed.class, failed -> {
            assertThat(failed.operation().value()).isEqualTo("b1");
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.problem().code()).isEqualTo(FailureCode.WAL_GAP);
            assertThat(failed.problem().message()).contains(missing);
        });
    }

    @Test // P1, F37
    void aBackupWhoseWalHasAHoleThatReceptionWentPastFailsInsteadOfWaitingForEver() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 2, 3);
        finisher.look();
        finisher.look();
        assertThat(log).as("reception has not passed segment 4 yet").isEmpty();
        // When
        archive(1, 9);
        finisher.look();
        finisher.look();
        // Then
        assertFailedForWal("000000010000000000000004");
    }

    @Test // P1, F37
    void aHoleThatReachesOntoTheNextTimelineFailsTheBackupToo() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3);
        archive(2, 7);
        lineage.wal()
                .putHistory(new TimelineId(2), ("1\t" + STOP.plus(100) + "\tx\n").getBytes(StandardCharsets.UTF_8));
        // When
        finisher.look();
        finisher.look();
        // Then
        assertFailedForWal("000000010000000000000004");
    }

    @Test // P1
    void aBackupThatWaitsForWalThatThePolicyStreamsNoLongerFails() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4);
        finisher.look();
        finisher.look();
        assertThat(log).isEmpty();
        // When
        streamWal = false;
        finisher.look();
        // Then
        assertFailedForWal("000000010000000000000005");
    }

    @Test // pitfall 11
    void aHoleIsNotFinalWherePushedSegmentsMayOvertakeEachOther() {
        // Given
        streamWal = false;
        pushWal = true;
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 5, 6);
        // When
        finisher.look();
        finisher.look();
        // Then
        assertThat(log).isEmpty();
        archive(1, 4);
        finisher.look();
        assertThat(log).singleElement().isInstanceOf(OperationRecord.Completed.class);
    }

    @Test
    void itLooksByItselfWhileItRuns() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4, 5);
        // When
        finisher.start();
        // Then
        await().atMost(Duration.ofSeconds(20)).until(() -> !log.isEmpty());
    }
}

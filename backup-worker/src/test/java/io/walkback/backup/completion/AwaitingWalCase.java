package io.walkback.backup.completion;

import io.walkback.backup.inventory.Databases;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
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
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.io.TempDir;

/// A repository, and a finisher that looks for what one backup awaits.
abstract class AwaitingWalCase {
    static final int SIZE = 1 << 20;
    static final DatabaseId SHOP = new DatabaseId("shop");
    static final SystemIdentifier SYSTEM = new SystemIdentifier(7);
    static final BackupId BACKUP = new BackupId("b1");
    static final Instant AT = Instant.parse("2026-05-01T02:00:00Z");
    static final Lsn START = new Lsn((3L << 20) + 40);
    static final Lsn STOP = new Lsn((5L << 20) + 100);

    @TempDir
    Path directory;

    final List<OperationRecord> log = new CopyOnWriteArrayList<>();
    final List<Event> events = new ArrayList<>();
    final LiveOperations live = TestAttempts.live();
    Repository repository;
    LineageRepository lineage;
    AwaitingWalFinisher finisher;
    volatile boolean streamWal = true;
    volatile boolean pushWal;
    volatile Immutability immutability = Immutability.NONE;

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

    AwaitingWalFinisher finisher(Duration every) {
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
    Facts.BackedUp committed(TimelineId timeline) {
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

    void archive(int timeline, long... numbers) {
        for (long number : numbers) {
            lineage.wal()
                    .putSegment(
                            new WalSegment(new TimelineId(timeline), number, SIZE),
                            new ByteArrayInputStream(new byte[SIZE]),
                            Optional.empty());
        }
    }

    void awaiting(Facts.BackedUp facts) {
        TestAttempts.put(live, TestAttempts.awaitingWal(SHOP, BACKUP.value(), facts));
    }
}

package io.walkback.scheduler.rebuild;

import io.walkback.catalog.projection.LogProjection;
import io.walkback.catalog.projection.Projected;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.WorkerId;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackedUp;
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
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import io.walkback.scheduler.expiry.RepositoryAccess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A repository in a directory, and a log with a real fold, a real projection and real views, which can be lost.
final class Installation implements AutoCloseable {
    static final int WAL_SEGMENT = 1 << 20;
    static final Instant T0 = Samples.NOW;
    private static final WorkerId ANNE = new WorkerId("anne", new UUID(0, 1));
    private static final Problem BROKEN = Samples.BROKEN;

    final Path directory;
    final Repository repository;
    final List<OperationRecord> log = new ArrayList<>();
    final Sent sent = new Sent(T0);
    Filled filled = new Filled();
    OperationFold fold = new OperationFold();

    Installation(Path directory) {
        this.directory = directory;
        this.repository = Repository.init(BlobStores.create(url()), Clock.systemUTC());
    }

    private URI url() {
        return directory.resolve("repository").toUri();
    }

    /// Kafka is gone, and an empty one is there.
    void loseKafka() {
        filled.close();
        filled = new Filled();
        fold = new OperationFold();
        log.clear();
    }

    Epoch write(OperationRecord record) {
        Epoch place = new Epoch("log", 0, log.size());
        log.add(record);
        fold.apply(record, place).ifPresent(change -> {
            Projected projected = LogProjection.project(change, fold, filled.state::backupsOf);
            projected.backups().forEach(backup -> filled.put(backup, T0));
            filled.put(projected.operation(), T0);
        });
        return place;
    }

    LineageRepository lineage(String database, long system) {
        return repository.adopt(
                new DatabaseId(database), new SystemIdentifier(system), new ClusterGeometry(WAL_SEGMENT, 8192));
    }

    /// Commits a manifest with one file.
    Facts.BackedUp commit(LineageRepository lineage, String id, BackupFacts facts) {
        byte[] content = new byte[10_000];
        new Random(id.hashCode()).nextBytes(content);
        try (BackupWriter writer = lineage.newBackup(
                new BackupId(id), UUID.randomUUID(), Optional.empty(), Set.of(), new BackupSettings(1, 3, directory))) {
            writer.beginFile(
                    new EntryPath("base/5/16385"),
                    new EntryAttributes(0600, 0, 0, "", "", T0),
                    FileKind.RELATION,
                    content.length);
            writer.write(content, 0, content.length);
            writer.endFile();
            BackupCommit commit = writer.finish(facts);
            return BackedUp.of(lineage.lineage(), commit.summary(), commit.digest());
        }
    }

    static BackupFacts facts(BackupFacts.WalSpan wal, Instant startedAt, int version, long pageErrors) {
        FileContent control = new FileContent(new byte[] {1});
        return new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(version, WAL_SEGMENT, 8192, true),
                wal,
                startedAt,
                startedAt.plus(Duration.ofMinutes(7)),
                new BackupFacts.ControlFiles(Optional.of(control), Optional.empty(), control),
                new BackupFacts.PageFindings(pageErrors, List.of()),
                BackupFacts.Environment.UNKNOWN,
                "test");
    }

    /// Facts of a logical backup.
    static BackupFacts dumped(BackupFacts.WalSpan log, Instant at) {
        return new BackupFacts(
                BackupOrigin.DUMP,
                new BackupFacts.Server(150_019, WAL_SEGMENT, 8192, true),
                log,
                at,
                at,
                BackupFacts.ControlFiles.NONE,
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test",
                Optional.of(new BackupFacts.Dump("pg_dump 15", new EntryPath("globals.sql"), true, List.of())));
    }

    /// What a worker says of a backup, from the request on, after `failures` attempts that came to nothing.
    void told(DatabaseId database, Facts.BackedUp facts, boolean complete, int failures) {
        OperationId id = new OperationId(facts.backup().value());
        Command take = new Command.TakeBackup(facts.backup());
        write(new OperationRecord.Opened(database, id, take, Map.of("region", "eu"), 9, "anne", null, T0));
        for (int attempt = 1; attempt <= failures; attempt++) {
            Epoch epoch = claim(database, id, attempt);
            write(new OperationRecord.AttemptFailed(database, id, epoch, BROKEN, true, T0));
        }
        Epoch epoch = claim(database, id, failures + 1);
        write(new OperationRecord.Copied(database, id, epoch, facts, facts.copiedAt()));
        if (complete) {
            write(new OperationRecord.Completed(
                    database, id, epoch, facts, facts.copiedAt().plusSeconds(30)));
        }
    }

    Epoch claim(DatabaseId database, OperationId id, int attempt) {
        return write(new OperationRecord.Claimed(
                database, id, attempt, ANNE, Set.of(Resource.base(database)), Set.of(), T0));
    }

    Map<String, BackupCatalogEntry> catalog() {
        Map<String, BackupCatalogEntry> entries = new TreeMap<>();
        filled.state
                .backups()
                .all()
                .forEach(entry -> entries.put(entry.header().database() + "/" + entry.backupId(), entry));
        return entries;
    }

    /// Every row of a rebuild in pages of `size`.
    List<RebuildPage.Row> rebuild(boolean dryRun, int size) {
        List<RebuildPage.Row> rows = new ArrayList<>();
        String after = null;
        do {
            RebuildPage page = page(after, dryRun, size);
            rows.addAll(page.rows());
            after = page.next();
        } while (after != null);
        return rows;
    }

    private RepositoryAccess access() {
        return new RepositoryAccess(Optional.of(url()), EncryptionSettings.of("", "off"), Clock.systemUTC());
    }

    WalRebuild walRebuild(int size) {
        return new WalRebuild(filled.state, access(), sent.commands, size);
    }

    RebuildPage page(@Nullable String after, boolean dryRun, int size) {
        try {
            return new CatalogRebuild(
                            filled.state, filled.follower, access(), sent.commands, this::write, sent.clock, size)
                    .page(null, after, dryRun);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        filled.close();
        repository.close();
    }
}

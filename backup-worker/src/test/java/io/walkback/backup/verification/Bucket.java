package io.walkback.backup.verification;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Rotation;
import io.walkback.operations.TestAttempts;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.FileKind;
import io.walkback.testkit.s3.FakeS3;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A repository in a bucket to which somebody can do something, and the worker's verification of it.
final class Bucket implements AutoCloseable {
    static final DatabaseId SHOP = new DatabaseId("shop");

    final FakeS3 server;
    final Repository repository;
    final LineageRepository lineage;
    final List<RepositoryFinding> told = new ArrayList<>();
    private final Path work;

    /// @param query what the repository's address says besides the endpoint
    Bucket(boolean versioned, String query, Path work) throws IOException {
        System.setProperty("aws.accessKeyId", "any");
        System.setProperty("aws.secretAccessKey", "any");
        this.work = work;
        this.server = FakeS3.start("backups", versioned, Clock.systemUTC());
        this.repository = Repository.init(
                BlobStores.create(URI.create("s3://backups/eu1?endpoint=" + server.endpoint() + query)),
                Clock.systemUTC());
        this.lineage = repository.forWriting(SHOP, new SystemIdentifier(7), new ClusterGeometry(1 << 20, 8192));
    }

    /// A backup of two files, the first of which is the same in every one.
    void commit(String id, @Nullable String previous) {
        commit(lineage, id, previous);
    }

    /// The same through a view of the lineage, which locks.
    void commit(LineageRepository writing, String id, @Nullable String previous) {
        FileContent control = new FileContent(new byte[] {1});
        BackupFacts facts = new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                new BackupFacts.WalSpan(TimelineId.FIRST, new Lsn(1), TimelineId.FIRST, new Lsn(2), Optional.empty()),
                Clock.systemUTC().instant(),
                Clock.systemUTC().instant(),
                new BackupFacts.ControlFiles(Optional.of(control), Optional.empty(), control),
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test");
        try (BackupWriter writer = writing.newBackup(
                new BackupId(id),
                UUID.randomUUID(),
                Optional.ofNullable(previous).map(BackupId::new),
                Set.of(),
                new BackupSettings(1, 3, work))) {
            file(writer, "base/5/16385", 1);
            file(writer, "base/5/16386", id.hashCode());
            writer.finish(facts);
        }
    }

    private static void file(BackupWriter writer, String path, long seed) {
        byte[] content = new byte[81_920];
        new Random(seed).nextBytes(content);
        EntryAttributes attributes =
                new EntryAttributes(0600, 0, 0, "", "", Clock.systemUTC().instant());
        writer.beginFile(new EntryPath(path), attributes, FileKind.RELATION, content.length);
        writer.write(content, 0, content.length);
        writer.endFile();
    }

    /// The objects of a backup's packs, as the bucket names them.
    List<String> packs(String backup) {
        return lineage.closure(new BackupId(backup)).packs().stream()
                .map(pack -> object(pack.id()))
                .toList();
    }

    private String object(PackId pack) {
        return "eu1/" + lineage.lineage().pack(pack);
    }

    String manifest(String backup) {
        return "eu1/" + lineage.lineage().manifest(new BackupId(backup));
    }

    /// What the worker's verification of everything ends with; empty when it finds nothing.
    Optional<CorruptDataException> verify(@Nullable Rotation rotation) throws InterruptedException {
        return verify(repository, rotation);
    }

    /// The same by a worker whose address of the bucket says something else.
    Optional<CorruptDataException> verifyAt(String query) throws InterruptedException {
        try (Repository other = Repository.open(
                BlobStores.open(URI.create("s3://backups/eu1?endpoint=" + server.endpoint() + query)),
                Clock.systemUTC())) {
            return verify(other, null);
        }
    }

    private Optional<CorruptDataException> verify(Repository reading, @Nullable Rotation rotation)
            throws InterruptedException {
        told.clear();
        VerificationHandler handler =
                new VerificationHandler(reading, event -> told.add((RepositoryFinding) event), Clock.systemUTC(), 1);
        try {
            handler.run(TestAttempts.claimed(SHOP, "verify-1", new Command.Verify(null, rotation)));
            return Optional.empty();
        } catch (CorruptDataException found) {
            return Optional.of(found);
        }
    }

    @Override
    public void close() {
        repository.close();
        server.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }
}

package io.walkback.backup.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.Rotation;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.TestAttempts;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationHandlerTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");
    private static final Instant AT = Instant.parse("2026-05-01T02:00:00Z");

    @TempDir
    Path directory;

    private final List<Event> events = new ArrayList<>();
    private Repository repository;
    private LineageRepository lineage;
    private VerificationHandler handler;

    @BeforeEach
    void open() {
        repository = Repository.init(
                BlobStores.create(directory.resolve("repository").toUri()), Clock.systemUTC());
        lineage = repository.forWriting(SHOP, new SystemIdentifier(7), new ClusterGeometry(1 << 20, 8192));
        handler = new VerificationHandler(repository, events::add, Clock.systemUTC(), 1);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private void commit(String id) {
        FileContent control = new FileContent(new byte[] {1});
        FileContent label = new FileContent(new byte[] {2});
        BackupFacts facts = new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                new BackupFacts.WalSpan(TimelineId.FIRST, new Lsn(1), TimelineId.FIRST, new Lsn(2), Optional.empty()),
                AT,
                AT,
                new BackupFacts.ControlFiles(Optional.of(label), Optional.empty(), control),
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test");
        byte[] content = new byte[100_000];
        new Random(id.hashCode()).nextBytes(content);
        try (BackupWriter writer = lineage.newBackup(
                new BackupId(id), UUID.randomUUID(), Optional.empty(), Set.of(), new BackupSettings(1, 3, directory))) {
            writer.beginFile(
                    new EntryPath("base/5/16385"),
                    new EntryAttributes(0600, 0, 0, "", "", AT),
                    FileKind.RELATION,
                    content.length);
            writer.write(content, 0, content.length);
            writer.endFile();
            writer.finish(facts);
        }
    }

    private static Attempt attempt(@Nullable String backup) {
        return TestAttempts.claimed(SHOP, "verify-1", new Command.Verify(backup == null ? null : new BackupId(backup)));
    }

    private Facts.Verified verify(@Nullable String backup) throws InterruptedException {
        return (Facts.Verified) ((AttemptHandler.Result.Done) handler.run(attempt(backup))).facts();
    }

    @Test
    void everyByteOfOneOrOfAllBackupsIsRead() throws Exception {
        // Given
        commit("b1");
        commit("b2");
        // When
        Facts.Verified one = verify("b1");
        Facts.Verified all = verify(null);
        // Then
        assertThat(one.findings()).isZero();
        assertThat(one.objects()).isEqualTo(2);
        assertThat(one.bytes()).isGreaterThan(100_000);
        assertThat(all.objects()).isEqualTo(4);
        assertThat(events).isEmpty();
        assertThat(handler.needs(attempt("b1").operation()).pins()).containsExactly(new BackupId("b1"));
        assertThat(handler.needs(attempt(null).operation()).pins()).isEmpty();
        assertThat(handler.canDo(attempt(null).operation())).isTrue();
        assertThat(handler.slots()).isEqualTo(1);
    }

    @Test // P3
    void aFlippedBitIsFoundToldAndNamed() throws IOException {
        // Given
        commit("b1");
        Path pack;
        try (var packs = Files.walk(directory.resolve("repository/shop/7/packs"))) {
            pack = packs.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        pack.toFile().setWritable(true);
        Files.write(pack, bytes);
        // Then
        assertThatThrownBy(() -> verify(null)).isInstanceOfSatisfying(CorruptDataException.class, damage -> {
            assertThat(damage.code()).isEqualTo(FailureCode.OBJECT_CORRUPT);
            assertThat(damage.text()).contains(pack.getFileName().toString());
        });
        assertThat(events).isNotEmpty().allSatisfy(event -> assertThat(((RepositoryFinding) event).affectedBackups())
                .containsExactly(new BackupId("b1")));
    }

    @Test
    void anUnknownBackupIsNamed() {
        assertThatThrownBy(() -> verify("b9"))
                .isInstanceOfSatisfying(OperatorActionException.class, unknown -> assertThat(unknown.code())
                        .isEqualTo(FailureCode.BACKUP_UNKNOWN));
    }

    @Test
    void aDatabaseWithoutBackupsHasNothingToRead() throws Exception {
        assertThat(verify(null).objects()).isZero();
    }

    @Test
    void anEndedAttemptReadsNoFurther() {
        commit("b1");
        Attempt attempt = attempt(null);
        TestAttempts.end(attempt);
        assertThatThrownBy(() -> handler.run(attempt)).isInstanceOf(InterruptedException.class);
    }

    @Test // P1
    void sevenPartsReadEverythingOnceAndAPackOfSeveralBackupsOnlyOnce() throws Exception {
        // Given
        commit("b1");
        commit("b2");
        storeWal(1, 20);
        long whole = verify(null).bytes();
        // When
        long parts = 0;
        long least = 0;
        for (int part = 1; part <= 7; part++) {
            Facts.Verified read = verified(new Command.Verify(null, new Rotation(part, 7)));
            parts += read.bytes();
            least += read.objects();
        }
        // Then: manifests are read with every part
        long manifests = 0;
        for (BackupId backup : lineage.backups()) {
            manifests += lineage.findBackup(backup).orElseThrow().manifestSize();
        }
        assertThat(parts - 6 * manifests).isEqualTo(whole);
        assertThat(least).isGreaterThan(20);
        assertThat(events).isEmpty();
    }

    @Test // P3, F26
    void damagedWalIsFoundByThePartThatHasIt() throws Exception {
        // Given
        commit("b1");
        storeWal(1, 6);
        Path segment = directory.resolve("repository/shop/7/wal/00000001/000000010000000000000004");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        assertThat(segment.toFile().setWritable(true)).isTrue();
        Files.write(segment, bytes);
        // When
        int found = 0;
        for (int part = 1; part <= 7; part++) {
            try {
                verified(new Command.Verify(null, new Rotation(part, 7)));
            } catch (CorruptDataException damage) {
                found++;
                assertThat(damage.text()).contains("wal/00000001/000000010000000000000004");
            }
        }
        // Then
        assertThat(found).isEqualTo(1);
        assertThat(events).singleElement().isInstanceOfSatisfying(RepositoryFinding.class, event -> assertThat(
                        event.problem().code())
                .isEqualTo(FailureCode.OBJECT_CORRUPT));
    }

    @Test
    void oneWorkerAtATimeReadsAllOfADatabase() {
        assertThat(handler.needs(attempt(null).operation()).resources()).containsExactly(Resource.verification(SHOP));
        assertThat(handler.needs(attempt("b1").operation()).resources()).isEmpty();
    }

    private Facts.Verified verified(Command command) throws InterruptedException {
        Attempt attempt = TestAttempts.claimed(SHOP, "verify-1", command);
        return (Facts.Verified) ((AttemptHandler.Result.Done) handler.run(attempt)).facts();
    }

    private void storeWal(long first, int segments) {
        for (long number = first; number < first + segments; number++) {
            byte[] bytes = new byte[1 << 20];
            new Random(number).nextBytes(bytes);
            lineage.wal()
                    .putSegment(
                            new WalSegment(TimelineId.FIRST, number, 1 << 20),
                            new ByteArrayInputStream(bytes),
                            Optional.empty());
        }
    }
}

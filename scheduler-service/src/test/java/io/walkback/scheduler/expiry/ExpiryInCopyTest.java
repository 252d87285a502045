package io.walkback.scheduler.expiry;

import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.copy.RepositoryCopy;
import io.walkback.repository.expiry.CopyExpiry;
import io.walkback.repository.expiry.ExpiryLog;
import io.walkback.repository.expiry.RepositoryExpiry;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.FileContent;
import io.walkback.scheduler.Filled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two backups and a copy of both; then one has expired in the repository.
class ExpiryInCopyTest {
    private static final EncryptionSettings PLAIN = EncryptionSettings.of("", "off");
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(7);
    private static final BackupId GONE = new BackupId("b1");
    private static final BackupId KEPT = new BackupId("b2");

    @TempDir
    private Path folder;

    /// When everything was made and one backup went, by the clock that the store has.
    private final Instant now = Clock.systemUTC().instant().minusSeconds(60);
    private final Instant due = now.plus(CopyExpiry.GRACE);
    private final Filled filled = new Filled();
    private final Held held = new Held();

    /// A claim that can be lost.
    private static final class Held implements ExpiryLog {
        private boolean lost;

        @Override
        public Mark mark(BackupId backup) {
            throw new AssertionError("nothing new is marked");
        }

        @Override
        public void expired(BackupId backup, String reason) {
            throw new AssertionError("nothing new is said");
        }

        @Override
        public void walGoes(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) {
            throw new AssertionError("what goes from a copy is nobody's window");
        }

        @Override
        public void requireHeld() throws InterruptedException {
            if (lost) {
                throw new InterruptedException("the expiry is over");
            }
        }
    }

    @BeforeEach
    void aBackupThatWentAndOneThatStays() {
        try (Repository first =
                        Repository.init(BlobStores.create(place("repository").toUri()), Clock.systemUTC());
                BlobStore copy = BlobStores.create(place("copy").toUri())) {
            LineageRepository lineage = first.forWriting(SHOP, SYSTEM, new ClusterGeometry(1 << 20, 8192));
            commit(lineage, GONE);
            commit(lineage, KEPT);
            new RepositoryCopy(first, copy, _ -> {}).run(List.of(SHOP));
            first.store().delete(lineage.lineage().manifest(GONE));
        }
        filled.put(entry(GONE, BackupStatus.EXPIRED), now).put(entry(KEPT, BackupStatus.COMPLETED), now);
    }

    @AfterEach
    void close() {
        filled.close();
    }

    private Path place(String name) {
        return folder.resolve(name);
    }

    private void commit(LineageRepository lineage, BackupId backup) {
        FileContent control = new FileContent(new byte[] {1});
        try (BackupWriter writer = lineage.newBackup(
                backup, UUID.randomUUID(), Optional.empty(), Set.of(), new BackupSettings(1, 3, folder))) {
            writer.finish(new BackupFacts(
                    BackupOrigin.SERVER,
                    new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                    new BackupFacts.WalSpan(
                            TimelineId.FIRST, new Lsn(1), TimelineId.FIRST, new Lsn(2), Optional.empty()),
                    now,
                    now,
                    new BackupFacts.ControlFiles(Optional.of(control), Optional.empty(), control),
                    BackupFacts.PageFindings.NONE,
                    BackupFacts.Environment.UNKNOWN,
                    "test"));
        }
    }

    private BackupCatalogEntry entry(BackupId backup, BackupStatus status) {
        return new BackupCatalogEntry(
                new EventHeader(UUID.randomUUID(), SHOP, now, 7L),
                backup,
                BackupType.PHYSICAL,
                status,
                "anne",
                now,
                Map.of(),
                1,
                new BackupExtent(
                        new Lsn(1), new Lsn(2), TimelineId.FIRST, SYSTEM, 150_019, 1 << 20, 1, 1, "sha256:00", 0),
                now,
                now,
                null,
                null,
                null,
                null,
                2);
    }

    /// The part of an expiry at `at` that is about the second place; empty where it could not be done.
    private Optional<Long> expire(Optional<Path> second, Instant at) throws InterruptedException {
        Clock clock = Clock.fixed(at, ZoneOffset.UTC);
        RepositoryAccess first =
                new RepositoryAccess(Optional.of(place("repository").toUri()), PLAIN, Clock.systemUTC());
        SecondPlace place = new SecondPlace(second.map(Path::toUri), first, PLAIN, Clock.systemUTC());
        try (Repository open = first.open()) {
            Retentions.Decided decided = new Retentions(filled.state, first, Clock.systemUTC())
                    .decide(new RepositoryExpiry(open, SHOP), SHOP, BackupPolicy.DEFAULT, List.of());
            return new ExpiryInCopy(place, filled.state, clock)
                    .run(SHOP, decided, held)
                    .map(report -> report.manifests().objects());
        }
    }

    private List<BackupId> inTheCopy() {
        try (Repository copy = Repository.open(BlobStores.open(place("copy").toUri()), Clock.systemUTC())) {
            return copy.current(SHOP).orElseThrow().backups();
        }
    }

    @Test
    void aDayAfterTheLogSaidThatABackupIsGoneItGoesFromTheCopy() throws InterruptedException {
        // When it is too early
        assertThat(expire(Optional.of(place("copy")), due.minusSeconds(1))).contains(0L);
        // Then
        assertThat(inTheCopy()).containsExactly(GONE, KEPT);
        // When
        assertThat(expire(Optional.of(place("copy")), due)).contains(1L);
        // Then
        assertThat(inTheCopy()).containsExactly(KEPT);
        assertThat(expire(Optional.of(place("copy")), due.plus(Duration.ofDays(1))))
                .contains(0L);
    }

    @Test
    void whatOnlyTheOriginalHasLostStays() throws InterruptedException {
        // Given: the log knows nothing of an expiry
        filled.put(entry(GONE, BackupStatus.FAILED), now);
        // When
        assertThat(expire(Optional.of(place("copy")), due)).contains(0L);
        // Then
        assertThat(inTheCopy()).containsExactly(GONE, KEPT);
    }

    @Test
    void withoutASecondPlaceOrAnythingInItThereIsNothingToDo() throws InterruptedException {
        assertThat(expire(Optional.empty(), due)).isEmpty();
        BlobStores.create(place("empty").toUri()).close();
        assertThat(expire(Optional.of(place("empty")), due)).isEmpty();
    }

    @Test
    void aSecondPlaceThatCannotBeOpenedEndsNoExpiryUnlessTheClaimIsLost() throws Exception {
        // Given
        Path broken = Files.writeString(place("broken"), "in the way");
        // When, then
        assertThat(expire(Optional.of(broken), due)).isEmpty();
        held.lost = true;
        assertThatThrownBy(() -> expire(Optional.of(broken), due)).isInstanceOf(InterruptedException.class);
        assertThat(inTheCopy()).containsExactly(GONE, KEPT);
    }
}

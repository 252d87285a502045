package io.walkback.scheduler.window;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static io.walkback.scheduler.WalSamples.lsn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.HoleStatus;
import io.walkback.domain.event.RecoverableRange;
import io.walkback.domain.event.WalExpired;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.window.WindowFold;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.WalSamples;
import io.walkback.scheduler.command.Sent;
import io.walkback.scheduler.expiry.RepositoryAccess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F39: objects of archived WAL that somebody removes from a real repository. The backup lies in segment 5 and was
/// complete at NOW; segments 5 to 9 are archived.
class F39RemovedWalFaultTest {
    private static final int SEGMENT = 16 << 20;

    @TempDir
    private Path directory;

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW.plus(Duration.ofHours(1)));
    private final WindowFold fold = new WindowFold();
    private final Windows windows = new Windows(filled.state);
    private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
    private ArchiveCheck check;
    private int heard;

    @BeforeEach
    void archive() {
        URI url = directory.resolve("repository").toUri();
        filled.put(Samples.database("shop", "0 0 2 * * *", true), NOW);
        filled.put(Samples.backup("shop", "b1", BackupStatus.COMPLETED, NOW), NOW);
        try (Repository repository = Repository.init(BlobStores.create(url), Clock.systemUTC())) {
            LineageRepository lineage =
                    repository.adopt(SHOP, new SystemIdentifier(42), new ClusterGeometry(SEGMENT, 8192));
            for (int number = 5; number <= 9; number++) {
                lineage.wal()
                        .putSegment(
                                new WalSegment(TimelineId.FIRST, number, SEGMENT),
                                new ByteArrayInputStream(new byte[SEGMENT]),
                                Optional.empty());
                hear(WalSamples.archived("shop", number, NOW.plusSeconds(number), NOW.plusSeconds(number)));
            }
        }
        check = new ArchiveCheck(
                filled.state,
                new RepositoryAccess(Optional.of(url), EncryptionSettings.of("", "off"), Clock.systemUTC()),
                sent.commands,
                sent.clock,
                fatal::add);
    }

    @AfterEach
    void close() {
        check.close();
        filled.close();
        sent.commands.close();
        assertThat(fatal).isEmpty();
    }

    /// As the projector of windows does.
    private void hear(Event fact) {
        fold.apply(fact);
        fold.drain().values().forEach(chunk -> filled.put(chunk.orElseThrow(), NOW));
        fold.look(SHOP, windows.backups(SHOP), sent.clock.instant()).ifPresent(now -> filled.put(now.window(), NOW));
    }

    private void remove(int... numbers) throws IOException {
        for (int number : numbers) {
            String name = new WalSegment(TimelineId.FIRST, number, SEGMENT).fileName();
            try (Stream<Path> files = Files.walk(directory)) {
                Files.delete(files.filter(file -> file.getFileName().toString().equals(name))
                        .findFirst()
                        .orElseThrow());
            }
        }
    }

    /// One look, and what it told reaches everybody.
    private void look(Duration after) {
        sent.clock.advance(after);
        check.tick();
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(check::isQuiet);
        List<WalGapDetected> all = told();
        all.subList(heard, all.size()).forEach(this::hear);
        heard = all.size();
    }

    private List<WalGapDetected> told() {
        return sent.messages(WalGapDetected.class).toList();
    }

    private Optional<Problem> problem(Instant time) {
        return new Targets(windows)
                .problem(Samples.restoreRequested("shop", "r1", new RecoveryTarget.Time(time), false));
    }

    private List<Lsn> reach() {
        return windows.told(SHOP).orElseThrow().ranges().stream()
                .map(RecoverableRange::toLsn)
                .toList();
    }

    @Test // F39, P12
    void aRemovedSegmentSplitsTheWindowAndARestoreIntoItIsRefusedWithinTenMinutes() throws IOException {
        // Given
        look(Duration.ZERO);
        assertThat(reach()).containsExactly(lsn(10));
        Instant removed = sent.clock.instant();
        // When
        remove(7);
        look(ArchiveCheck.EVERY);
        assertThat(told()).isEmpty();
        look(ArchiveCheck.AGAIN);
        // Then
        assertThat(Duration.between(removed, sent.clock.instant())).isLessThan(Duration.ofMinutes(10));
        assertThat(told()).singleElement().satisfies(gap -> assertThat(gap)
                .returns(lsn(7), WalGapDetected::fromLsn)
                .returns(lsn(8), WalGapDetected::toLsn)
                .returns(NOW.plusSeconds(6), WalGapDetected::windowFrom)
                .returns(NOW.plusSeconds(7), WalGapDetected::windowTo)
                .returns(true, WalGapDetected::isRemoval));
        assertThat(reach()).containsExactly(lsn(7));
        assertThat(windows.holes(SHOP)).singleElement().satisfies(hole -> assertThat(hole.status())
                .isEqualTo(HoleStatus.OPEN));
        assertThat(problem(NOW.plusSeconds(7))).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
            assertThat(problem.message()).contains("1 segments that were stored have been removed");
        });
        assertThat(problem(NOW.plusSeconds(8))).isPresent();
        assertThat(problem(NOW.plusSeconds(5))).isEmpty();
        // And it is told once
        look(ArchiveCheck.EVERY);
        look(ArchiveCheck.AGAIN);
        assertThat(told()).hasSize(1);
    }

    @Test // F39
    void whatIsStillToldOfASegmentFromBeforeItsRemovalDoesNotBringItBackAndItsReturnDoes() throws IOException {
        // Given
        remove(6, 8, 9);
        look(Duration.ZERO);
        look(ArchiveCheck.AGAIN);
        assertThat(told()).extracting(WalGapDetected::fromLsn).containsExactly(lsn(6), lsn(8));
        // When a late repetition comes
        hear(WalSamples.archived("shop", 6, NOW.plusSeconds(6), NOW.plusSeconds(6)));
        // Then
        assertThat(reach()).containsExactly(lsn(6));
        // And no time beyond what is left counts as covered
        assertThat(problem(NOW.plusSeconds(9))).isPresent();
        // When it is stored again
        hear(WalSamples.archived(
                "shop", 6, NOW.plusSeconds(6), sent.clock.instant().plusSeconds(1)));
        // Then
        assertThat(reach()).containsExactly(lsn(8));
        assertThat(windows.holes(SHOP)).singleElement().satisfies(hole -> assertThat(hole.fromLsn())
                .isEqualTo(lsn(8)));
        // And the old removal, told again, takes nothing away
        told().forEach(this::hear);
        assertThat(windows.holes(SHOP))
                .filteredOn(hole -> hole.fromLsn().equals(lsn(8)))
                .hasSize(1);
    }

    @Test // F27: a listing that is behind, an expiry under way
    void whatIsThereAgainAtTheSecondLookOrHasExpiredMeanwhileIsNoHole() throws IOException {
        // Given
        Path away = directory.resolve("away");
        Path file;
        try (Stream<Path> files = Files.walk(directory)) {
            file = files.filter(each -> each.endsWith("000000010000000000000006"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.move(file, away);
        remove(5);
        look(Duration.ZERO);
        // When
        Files.move(away, file);
        hear(new WalExpired(
                new EventHeader(new UUID(0, 5), SHOP, sent.clock.instant(), null),
                new OperationId("expire"),
                new SystemIdentifier(42),
                TimelineId.FIRST,
                lsn(5),
                lsn(6)));
        look(ArchiveCheck.AGAIN);
        look(ArchiveCheck.EVERY);
        // Then
        assertThat(told()).isEmpty();
    }

    @Test
    void aRepositoryThatCannotBeOpenedOrIsAnotherOneSaysNothing() throws IOException {
        // Given
        Path repository = directory.resolve("repository");
        Files.move(repository, directory.resolve("elsewhere"));
        // When
        look(Duration.ZERO);
        look(ArchiveCheck.EVERY);
        Repository.init(BlobStores.create(repository.toUri()), Clock.systemUTC())
                .close();
        look(ArchiveCheck.EVERY);
        look(ArchiveCheck.AGAIN);
        look(ArchiveCheck.EVERY);
        // Then
        assertThat(told()).isEmpty();
        assertThat(reach()).containsExactly(lsn(10));
    }
}

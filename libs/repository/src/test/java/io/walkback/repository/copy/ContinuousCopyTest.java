package io.walkback.repository.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.testing.FaultyBlobStore;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContinuousCopyTest {
    @TempDir
    Path work;

    private Instant now = Samples.NOW;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final MemoryBlobStore source = new MemoryBlobStore(clock, "memory:source");
    private final MemoryBlobStore target = new MemoryBlobStore(clock, "memory:target");
    private long segment;

    @BeforeEach
    void aBackupAndASegment() {
        LineageRepository lineage = Samples.lineage(source, true);
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        archive();
    }

    @Test
    void everyRoundMakesTheCopyEqualAndOnlyTheFirstAndTheDailyAskForWhatIsOld() {
        // Given
        ContinuousCopy copy = copy(target);
        CopyReport first = copy.round(Samples.SHOP);
        assertThat(target.keys()).containsExactlyElementsOf(source.keys());
        assertThat(first.copied()).isGreaterThan(3);
        // When: two hours later there is one more segment
        pass(Duration.ofHours(2));
        archive();
        CopyReport second = copy.round(Samples.SHOP);
        // Then
        assertThat(target.keys()).containsExactlyElementsOf(source.keys());
        assertThat(second.copied()).as("the segment and the key of its writer").isEqualTo(2);
        assertThat(second.present())
                .as("within the margin of the newest object of the first round")
                .isPositive();
        pass(Duration.ofHours(2));
        assertThat(copy.round(Samples.SHOP).present()).isEqualTo(2);
        // When: a day has passed
        pass(ContinuousCopy.COMPARISON);
        assertThat(copy.round(Samples.SHOP).present()).isGreaterThan(first.copied() - 2);
    }

    @Test
    void theLagGrowsWhileTheCopyCannotBeReachedAndOneRoundEndsIt() {
        // Given
        FaultyBlobStore away = new FaultyBlobStore(target, 1, FaultyBlobStore.When.BEFORE);
        ContinuousCopy copy = copy(away);
        pass(Duration.ofMinutes(5));
        assertThat(copy.lag(Samples.SHOP)).isEqualTo(Duration.ofMinutes(5));
        // When, Then
        assertThatThrownBy(() -> copy.round(Samples.SHOP)).isInstanceOf(RetryableException.class);
        assertThat(copy.lag(Samples.SHOP)).isEqualTo(Duration.ofMinutes(5));
        copy.round(Samples.SHOP);
        assertThat(copy.lag(Samples.SHOP)).isZero();
        pass(Duration.ofSeconds(7));
        assertThat(copy.lag(Samples.SHOP)).isEqualTo(Duration.ofSeconds(7));
    }

    @Test // F27
    void aBackupThatCannotBeCopiedKeepsTheLagGrowing() {
        // Given
        ContinuousCopy copy = copy(target);
        var pack = lineage().closure(lineage().backups().getFirst()).packs().getFirst();
        source.delete(lineage().lineage().pack(pack.id()));
        pass(Duration.ofMinutes(1));
        // When
        CopyReport report = copy.round(Samples.SHOP);
        // Then
        assertThat(report.findings()).hasSize(1);
        assertThat(copy.lag(Samples.SHOP)).isEqualTo(Duration.ofMinutes(1));
        assertThat(copy.backups(Samples.SHOP)).isEmpty();
        assertThat(copy.round(Samples.SHOP).findings()).as("looked at again").hasSize(1);
        // And another one arrives all the same
        Samples.backup(lineage(), "b2", Optional.empty(), Samples.files(), work);
        assertThat(copy.round(Samples.SHOP).isComplete()).isFalse();
        assertThat(copy.backups(Samples.SHOP)).containsExactly(new BackupId("b2"));
    }

    @Test // the copy alone, while the source goes on
    void aRestoreFromTheCopyAloneGivesTheNewestBackup() {
        ContinuousCopy copy = copy(target);
        copy.round(Samples.SHOP);
        pass(Duration.ofHours(3));
        Samples.backup(lineage(), "b2", Optional.of("b1"), Samples.files(), work);
        copy.round(Samples.SHOP);
        assertThat(copy.backups(Samples.SHOP))
                .as("the first one was seen by the round before")
                .containsExactlyInAnyOrder(new BackupId("b1"), new BackupId("b2"));
        LineageRepository alone =
                Samples.open(target, true).current(Samples.SHOP).orElseThrow();
        assertThat(Samples.read(alone, "b2")).containsExactlyEntriesOf(Samples.files());
        assertThat(List.copyOf(target.keys())).isEqualTo(List.copyOf(source.keys()));
    }

    private ContinuousCopy copy(BlobStore place) {
        return new ContinuousCopy(Samples.open(source, true), () -> place, clock);
    }

    private LineageRepository lineage() {
        Repository repository = Samples.open(source, true);
        return repository.current(Samples.SHOP).orElseThrow();
    }

    private void archive() {
        segment++;
        WalSegment next = new WalSegment(TimelineId.FIRST, segment, 1 << 20);
        lineage()
                .wal()
                .putSegment(next, new ByteArrayInputStream(Samples.prose(1 << 20, (int) segment)), Optional.empty());
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}

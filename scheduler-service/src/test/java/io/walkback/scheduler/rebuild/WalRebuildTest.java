package io.walkback.scheduler.rebuild;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.HoleStatus;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalHole;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.window.WindowFold;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.wal.CommitTimes;
import io.walkback.scheduler.Samples;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalRebuildTest {
    @TempDir
    Path directory;

    private Installation it;
    private LineageRepository lineage;

    @BeforeEach
    void open() {
        it = new Installation(directory);
        lineage = it.lineage("shop", 42);
        for (int number = 1; number <= 3; number++) {
            put(TimelineId.FIRST, number);
        }
        put(new TimelineId(2), 3);
        lineage.wal().putHistory(new TimelineId(2), "1\t0/380000\tpromoted\n".getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() {
        it.close();
    }

    private void put(TimelineId timeline, int number) {
        lineage.wal()
                .putSegment(
                        new WalSegment(timeline, number, Installation.WAL_SEGMENT),
                        new ByteArrayInputStream(new byte[Installation.WAL_SEGMENT]),
                        Optional.of(new CommitTimes(NOW.plusSeconds(number), NOW.plusSeconds(number + 1))));
    }

    /// As the window's projector would.
    private void index() {
        WindowFold fold = new WindowFold();
        it.sent.messages(WalSegmentArchived.class).forEach(fold::apply);
        fold.drain().values().forEach(chunk -> it.filled.put(chunk.orElseThrow(), NOW));
    }

    @Test // P4
    void tellsOfAllWalThatTheIndexDoesNotKnowAndThenOfNone() {
        // When
        WalRebuild.Page dry = it.walRebuild(10).page(SHOP, null, true);
        assertThat(it.sent.committed()).isEmpty();
        WalRebuild.Page first = it.walRebuild(3).page(SHOP, null, false);
        WalRebuild.Page second = it.walRebuild(3).page(SHOP, first.next(), false);
        index();
        // Then
        assertThat(dry).isEqualTo(new WalRebuild.Page(4, null));
        assertThat(first).isEqualTo(new WalRebuild.Page(3, "000000010000000000000003"));
        assertThat(second).isEqualTo(new WalRebuild.Page(1, null));
        assertThat(it.walRebuild(3).page(SHOP, null, false)).isEqualTo(new WalRebuild.Page(0, null));
        List<WalSegmentArchived> facts =
                it.sent.messages(WalSegmentArchived.class).toList();
        assertThat(facts)
                .extracting(WalSegmentArchived::segment)
                .containsExactly(
                        "000000010000000000000001",
                        "000000010000000000000002",
                        "000000010000000000000003",
                        "000000020000000000000003");
        assertThat(facts).extracting(WalSegmentArchived::lastCommitAt).contains(NOW.plusSeconds(4));
        assertThat(facts.getLast().ancestors())
                .containsExactly(new TimelineHistory.Branch(TimelineId.FIRST, Lsn.parse("0/380000")));
        assertThat(facts).allSatisfy(fact -> assertThat(fact.storedBytes()).isPositive());
        assertThat(it.sent.messages(AuditEntry.class)).hasSize(2);
    }

    @Test
    void namesTheDatabasesThatTheRepositoryKnows() {
        assertThatThrownBy(() -> it.walRebuild(3).page(new DatabaseId("nobody"), null, false))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> it.walRebuild(3).page(SHOP, "nonsense", false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test // F39
    void oneThatWasRemovedAndPutBackIsThereSinceThen() {
        // Given
        Instant declared = Instant.parse("2099-01-01T00:00:00Z");
        WalSegment removed = new WalSegment(TimelineId.FIRST, 2, Installation.WAL_SEGMENT);
        it.filled.put(
                new Recoverability(
                        Samples.header(SHOP, null),
                        new SystemIdentifier(42),
                        List.of(),
                        List.of(new WalHole(
                                WalGapDetected.REMOVED + "42/1/" + removed.start(),
                                new SystemIdentifier(42),
                                TimelineId.FIRST,
                                removed.start(),
                                removed.end(),
                                "removed",
                                declared,
                                HoleStatus.OPEN)),
                        1,
                        null,
                        null),
                NOW);
        // When
        it.walRebuild(10).page(SHOP, null, false);
        // Then
        assertThat(it.sent.messages(WalSegmentArchived.class).filter(fact -> fact.occurredAt()
                        .isAfter(declared)))
                .extracting(WalSegmentArchived::segment)
                .containsExactly(removed.fileName());
    }
}

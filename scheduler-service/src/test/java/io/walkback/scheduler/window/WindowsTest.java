package io.walkback.scheduler.window;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static io.walkback.scheduler.WalSamples.lsn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.window.Answer;
import io.walkback.domain.window.WindowFold;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.WalSamples;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The backup lies in segment 5, and was complete at NOW.
class WindowsTest {
    private final Filled filled = new Filled();
    private final Windows windows = new Windows(filled.state);
    private final Targets targets = new Targets(windows);
    private final WindowFold fold = new WindowFold();

    @BeforeEach
    void aHole() {
        filled.put(Samples.backup("shop", "b1", BackupStatus.COMPLETED, NOW), NOW);
        for (int number = 5; number <= 7; number++) {
            fact(WalSamples.archived("shop", number, NOW.plusSeconds(number), NOW));
        }
        fact(WalSamples.gap("shop", 8, 10, NOW));
        fact(WalSamples.archived("shop", 10, NOW.plusSeconds(10), NOW));
    }

    @AfterEach
    void close() {
        filled.close();
    }

    private void fact(Event fact) {
        fold.apply(fact);
        fold.drain().forEach((_, chunk) -> filled.put(chunk.orElseThrow(), NOW));
        fold.look(SHOP, windows.backups(SHOP), NOW).ifPresent(now -> filled.put(now.window(), NOW));
    }

    private Optional<Problem> problem(RecoveryTarget target) {
        return targets.problem(Samples.restoreRequested("shop", "r1", target, false));
    }

    @Test // P12, F39
    void refusesATargetInADeclaredHoleWithTheNearestAndTheCause() {
        assertThat(problem(new RecoveryTarget.Time(NOW.plusSeconds(8)))).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
            assertThat(problem.message())
                    .contains(
                            "2026-11-22T12:00:08Z cannot be reached",
                            "from 0/8000000 to 0/A000000 is missing, slot lost",
                            "nearest before it is 2026-11-22T12:00:06.999999Z (position 0/8000000) on" + " timeline 1",
                            "nearest after it is none");
            assertThat(problem.hint()).contains("walkback window shop");
        });
        assertThat(problem(new RecoveryTarget.Position(lsn(9)))).isPresent();
    }

    @Test
    void leavesToThePlanWhatIsReachedAndWhatOnlyTheRepositoryKnows() {
        assertThat(problem(new RecoveryTarget.Time(NOW.plusSeconds(6)))).isEmpty();
        assertThat(problem(new RecoveryTarget.Position(lsn(8)))).isEmpty();
        assertThat(problem(new RecoveryTarget.Latest())).isEmpty();
        // Before every backup; by the worker's clock, which the manifest knows better.
        assertThat(problem(new RecoveryTarget.Time(NOW.minusSeconds(1)))).isEmpty();
    }

    @Test
    void doesNotCallMissingWhatNobodyHasDeclared() {
        // Given segments whose facts were lost
        fact(WalSamples.archived("shop", 20, NOW.plusSeconds(20), NOW));
        // When
        Optional<Problem> before = problem(new RecoveryTarget.Position(lsn(15)));
        fact(WalSamples.archived("shop", 8, null, NOW));
        fact(WalSamples.archived("shop", 9, null, NOW));
        // Then the declared one stood in the way first, and nothing does after its repair
        assertThat(before).isPresent();
        assertThat(problem(new RecoveryTarget.Position(lsn(15)))).isEmpty();
        assertThat(windows.told(SHOP).orElseThrow().openGaps()).isZero();
    }

    @Test
    void startsFromPhysicalBackupsThatAreKept() {
        filled.put(Samples.backup("shop", "l1", BackupType.LOGICAL, BackupStatus.COMPLETED, NOW), NOW);
        filled.put(Samples.backup("shop", "b3", BackupStatus.FAILED, NOW), NOW);
        assertThat(windows.backups(SHOP))
                .extracting(backup -> backup.base().backup())
                .containsExactly(new BackupId("b1"));
    }

    @Test
    void estimatesByTheNewestRestoreElseByAnAssumption() {
        // Given
        Answer.Reachable way = (Answer.Reachable) windows.of(SHOP).orElseThrow().at(NOW.plusSeconds(6), null, null);
        // When
        Estimate assumed = windows.estimate(SHOP, way);
        restored("r1", 2, 4, NOW.minusSeconds(60));
        restored("r2", 4, 4, NOW);
        restored("fast", 0.1, 0.1, NOW.plusSeconds(60));
        Estimate measured = windows.estimate(SHOP, way);
        // Then: 209.7 MB by 100 MB a second, 50 MB of wal by 50 MB a second
        assertThat(assumed.seconds()).isEqualTo(4);
        assertThat(assumed.measured()).isFalse();
        // 400 MB in 4 s; segments 5 to 7 in 4 s
        assertThat(measured.seconds()).isEqualTo(7);
        assertThat(measured.basis()).isEqualTo(Estimate.Basis.RESTORES);
    }

    private void restored(String id, double fetch, double recover, Instant at) {
        Facts.Restored facts = new Facts.Restored(
                new BackupId("b1"),
                lsn(8),
                null,
                TimelineId.FIRST,
                "db2",
                "/srv/restored",
                400_000_000,
                Map.of("fetch", fetch, "recover", recover),
                null,
                null);
        filled.put(
                Samples.operation(
                        "shop",
                        id,
                        new Command.Restore(
                                null, new RecoveryTarget.Latest(), null, "db2", "/srv/restored", Map.of(), true, false),
                        new OperationState.Completed(facts, at),
                        null),
                at);
    }

    @Test
    void showsTheWindowAsMetrics() {
        // Given
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        WindowMetrics metrics = new WindowMetrics(filled.state, meters);
        // When
        metrics.tick();
        // Then
        assertThat(meters.get("walkback.recoverability.start.timestamp.seconds")
                        .tag("db", "shop")
                        .gauge()
                        .value())
                .isEqualTo(NOW.toEpochMilli() / 1e3);
        assertThat(meters.get("walkback.recoverability.end.timestamp.seconds")
                        .gauge()
                        .value())
                .isCloseTo((double) NOW.plusSeconds(7).toEpochMilli() / 1e3 - 0.001, within(0.0005));
        assertThat(meters.get("walkback.wal.gap.count").gauge().value()).isOne();
    }
}

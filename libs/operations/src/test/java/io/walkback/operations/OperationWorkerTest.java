package io.walkback.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationWorkerTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");
    private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private final FakeBroker broker = new FakeBroker();
    private final List<TestWorker> workers = new ArrayList<>();

    @AfterEach
    void closeWorkers() {
        workers.forEach(TestWorker::close);
        workers.forEach(worker -> assertThat(worker.fatal).isEmpty());
    }

    private TestWorker worker(String name, int slots, TestWorker.Work work) {
        TestWorker worker = new TestWorker(name, broker, CLOCK, slots, work);
        workers.add(worker);
        return worker;
    }

    private void request(DatabaseId database, String id, @Nullable Instant notAfter) {
        broker.append(new OperationRecord.Opened(
                        database,
                        new OperationId(id),
                        new Command.TakeBackup(new BackupId(id)),
                        Map.of(),
                        3,
                        "test",
                        notAfter,
                        NOW))
                .join();
    }

    private static AttemptHandler.Result copied(Attempt attempt) {
        return new AttemptHandler.Result.Copied(new Facts.BackedUp(
                new BackupId(attempt.operation().id().value()),
                new SystemIdentifier(7),
                150019,
                TimelineId.FIRST,
                Lsn.parse("0/2000028"),
                Lsn.parse("0/2000100"),
                WalSegment.DEFAULT_SIZE,
                1,
                1,
                "sha256:00",
                NOW,
                NOW,
                0));
    }

    private Operation folded(String id) {
        OperationFold fold = new OperationFold();
        LogReader reader = broker.reader();
        reader.poll(Duration.ofMillis(1)).forEach(logged -> fold.apply(logged.record(), logged.place()));
        return fold.find(new OperationId(id)).orElseThrow();
    }

    private static Duration leases(int count) {
        return TestWorker.TIMES.lease().multipliedBy(count);
    }

    @Test
    void runsEachOperationOnceAmongThreeWorkers() {
        // Given
        AtomicInteger runs = new AtomicInteger();
        for (String name : List.of("anne", "bert", "cleo")) {
            worker(name, 2, attempt -> {
                runs.incrementAndGet();
                return copied(attempt);
            });
        }
        // When
        for (int i = 0; i < 12; i++) {
            request(new DatabaseId("db" + i), "b" + i, null);
            request(new DatabaseId("db" + i), "b" + i, null);
        }
        // Then
        await().atMost(leases(10)).untilAsserted(() -> {
            for (int i = 0; i < 12; i++) {
                assertThat(folded("b" + i).state()).isInstanceOf(OperationState.AwaitingWal.class);
            }
        });
        assertThat(runs).hasValue(12);
    }

    @Test // F06
    void takesOverFromAHolderWhoseHeartbeatsStopAndHearsNothingOfItAfterwards() {
        // Given
        CountDownLatch zombieMayGoOn = new CountDownLatch(1);
        TestWorker zombie = worker("zombie", 1, attempt -> {
            while (zombieMayGoOn.getCount() > 0) {
                try {
                    zombieMayGoOn.await();
                } catch (InterruptedException _) {
                    // A suspended process does not hear interrupts either.
                }
            }
            return copied(attempt);
        });
        request(SHOP, "b1", null);
        await().atMost(leases(5)).until(() -> zombie.attempts.size() == 1);
        TestWorker successor = worker("successor", 1, OperationWorkerTest::copied);
        // When
        zombie.muted.set(true);
        await().atMost(leases(10)).until(() -> successor.attempts.size() == 1);
        zombieMayGoOn.countDown();
        // Then
        await().atMost(leases(5)).untilAsserted(() -> assertThat(folded("b1").state())
                .isInstanceOfSatisfying(OperationState.AwaitingWal.class, state -> assertThat(state.epoch())
                        .isEqualTo(successor.attempts.element().epoch())));
        assertThatThrownBy(() -> zombie.attempts.element().requireRecentRenewal())
                .isInstanceOfSatisfying(
                        RetryableException.class, e -> assertThat(e.code()).isEqualTo(FailureCode.LEASE_LOST));
    }

    @Test // F09
    void finishesWhileTheBrokerIsAwayAndTellsWhenItIsBack() {
        // Given
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch away = new CountDownLatch(1);
        worker("anne", 1, attempt -> {
            started.countDown();
            away.await();
            return copied(attempt);
        });
        request(SHOP, "b1", null);
        await().atMost(leases(5)).until(() -> started.getCount() == 0);
        TestWorker other = worker("bert", 1, OperationWorkerTest::copied);
        // When
        broker.setAway(true);
        away.countDown();
        await().pollDelay(leases(2)).until(() -> true);
        broker.setAway(false);
        // Then
        await().atMost(leases(5))
                .untilAsserted(() -> assertThat(folded("b1").state()).isInstanceOf(OperationState.AwaitingWal.class));
        assertThat(other.attempts).isEmpty();
        assertThat(broker.records()).noneMatch(OperationRecord.AttemptLost.class::isInstance);
    }

    @Test
    void triesAgainAfterAFaultThatMayPassAndNotAfterOneThatNeedsAPerson() {
        // Given
        AtomicInteger runs = new AtomicInteger();
        worker("anne", 2, attempt -> {
            if (attempt.operation().id().value().equals("b2")) {
                throw new OperatorActionException(FailureCode.POSTGRES_AUTHENTICATION, "wrong password", "Mend it.");
            }
            if (runs.incrementAndGet() == 1) {
                throw new RetryableException(FailureCode.POSTGRES_UNREACHABLE, "not now", "Wait.");
            }
            return copied(attempt);
        });
        // When
        request(SHOP, "b1", null);
        request(new DatabaseId("bank"), "b2", null);
        // Then
        await().atMost(leases(10)).untilAsserted(() -> {
            assertThat(folded("b1").state()).isInstanceOf(OperationState.AwaitingWal.class);
            assertThat(folded("b2").state()).isInstanceOf(OperationState.Failed.class);
        });
        assertThat(folded("b1").attempts()).isEqualTo(2);
        assertThat(folded("b2").attempts()).isEqualTo(1);
    }

    @Test
    void stopsAnAttemptThatAPersonCancels() {
        // Given
        TestWorker anne = worker("anne", 1, attempt -> {
            new CountDownLatch(1).await();
            throw new IllegalStateException("never reached");
        });
        request(SHOP, "b1", null);
        await().atMost(leases(5)).until(() -> anne.attempts.size() == 1);
        // When
        broker.append(new OperationRecord.CancelRequested(SHOP, new OperationId("b1"), "dba", NOW))
                .join();
        // Then
        await().atMost(leases(5))
                .untilAsserted(() -> assertThat(folded("b1").state()).isInstanceOf(OperationState.Cancelled.class));
    }

    @Test
    void handsItsWorkBackWhenItCloses() {
        // Given
        TestWorker anne = worker("anne", 1, attempt -> {
            new CountDownLatch(1).await();
            throw new IllegalStateException("never reached");
        });
        request(SHOP, "b1", null);
        await().atMost(leases(5)).until(() -> anne.attempts.size() == 1);
        // When
        anne.close();
        // Then
        assertThat(folded("b1").state()).isInstanceOf(OperationState.Open.class);
        assertThat(broker.records()).anyMatch(OperationRecord.HandedBack.class::isInstance);
    }

    @Test // F19
    void skipsWhatWaitedTooLongInsteadOfRunningIt() {
        // Given
        request(SHOP, "b1", NOW.minusSeconds(1));
        request(SHOP, "b2", NOW.plusSeconds(1));
        // When
        TestWorker anne = worker("anne", 1, OperationWorkerTest::copied);
        // Then
        await().atMost(leases(5)).untilAsserted(() -> {
            assertThat(folded("b1").state()).isInstanceOf(OperationState.Rejected.class);
            assertThat(folded("b2").state()).isInstanceOf(OperationState.AwaitingWal.class);
        });
        assertThat(anne.attempts).hasSize(1);
    }

    @Test
    void neverRunsMoreThanItsSlots() {
        // Given
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch gate = new CountDownLatch(1);
        worker("anne", 2, attempt -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            gate.await(200, TimeUnit.MILLISECONDS);
            now.decrementAndGet();
            return copied(attempt);
        });
        // When
        for (int i = 0; i < 6; i++) {
            request(new DatabaseId("db" + i), "b" + i, null);
        }
        // Then
        await().atMost(leases(10)).untilAsserted(() -> {
            for (int i = 0; i < 6; i++) {
                assertThat(folded("b" + i).state()).isInstanceOf(OperationState.AwaitingWal.class);
            }
        });
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void pitfall73AnAttemptOfManyLeasesKeepsItsClaimAndHoldsNoOtherWorkUp() {
        // Given
        CountDownLatch gate = new CountDownLatch(1);
        TestWorker anne = worker("anne", 2, attempt -> {
            if (attempt.operation().id().value().equals("long")) {
                gate.await();
            }
            return copied(attempt);
        });
        TestWorker bert = worker("bert", 0, OperationWorkerTest::copied);
        request(SHOP, "long", null);
        await().atMost(leases(5)).until(() -> anne.attempts.size() == 1);
        // When
        await().pollDelay(leases(4)).until(() -> true);
        request(new DatabaseId("bank"), "short", null);
        await().atMost(leases(5)).untilAsserted(() -> assertThat(folded("short").state())
                .isInstanceOf(OperationState.AwaitingWal.class));
        gate.countDown();
        // Then
        await().atMost(leases(5))
                .untilAsserted(() -> assertThat(folded("long").state()).isInstanceOf(OperationState.AwaitingWal.class));
        assertThat(folded("long").attempts()).isEqualTo(1);
        assertThat(bert.attempts).isEmpty();
    }

    @Test
    void pitfall74AStuckAttemptLosesItsClaimThoughItsHeartbeatsGoOnAndABusyOneDoesNot() {
        // Given
        CountDownLatch gate = new CountDownLatch(1);
        TestWorker stuck = new TestWorker("stuck", broker, CLOCK, 2, leases(2), attempt -> {
            if (attempt.operation().id().value().equals("busy")) {
                while (!gate.await(50, TimeUnit.MILLISECONDS)) {
                    attempt.progress("copying", 1, null, null);
                }
                return copied(attempt);
            }
            while (gate.getCount() > 0) {
                try {
                    gate.await();
                } catch (InterruptedException _) {
                    // Hung in a system call, say.
                }
            }
            return copied(attempt);
        });
        workers.add(stuck);
        request(SHOP, "b1", null);
        request(new DatabaseId("bank"), "busy", null);
        await().atMost(leases(5)).until(() -> stuck.attempts.size() == 2);
        // When
        TestWorker successor = worker("successor", 1, OperationWorkerTest::copied);
        // Then
        await().atMost(leases(10))
                .untilAsserted(() -> assertThat(folded("b1").state()).isInstanceOf(OperationState.AwaitingWal.class));
        assertThat(successor.attempts).singleElement().satisfies(attempt -> assertThat(attempt.number())
                .isEqualTo(2));
        assertThat(broker.records())
                .filteredOn(OperationRecord.AttemptFailed.class::isInstance)
                .isNotEmpty()
                .allSatisfy(record -> assertThat(record.operation().value()).isEqualTo("b1"));
        assertThat(folded("busy").attempts()).isEqualTo(1);
        gate.countDown();
    }

    @Test
    void carriesProgressInItsHeartbeats() {
        // Given
        worker("anne", 1, attempt -> {
            attempt.progress("copying", 17, 5L, 100L, Lsn.parse("0/3000000"));
            new CountDownLatch(1).await();
            throw new IllegalStateException("never reached");
        });
        // When
        request(SHOP, "b1", null);
        // Then
        await().atMost(leases(5))
                .untilAsserted(() -> assertThat(broker.heartbeats()).anySatisfy(beat -> {
                    assertThat(beat.phase()).isEqualTo("copying");
                    assertThat(beat.bytesDone()).isEqualTo(17);
                    assertThat(beat.bytesKept()).isEqualTo(5);
                    assertThat(beat.lsn()).isEqualTo(Lsn.parse("0/3000000"));
                }));
    }
}

package io.walkback.scheduler.trigger;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.WalChecked;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.WorkerId;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// F51: WAL that is stalled for an hour alarms once and ends by itself, and an idle database does not.
class F51StalledWalFaultTest {
    private static final Duration PATIENCE = WalWatch.PATIENCE;
    private static final Duration BEAT = Duration.ofSeconds(10);

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final Map<Epoch, Heartbeat> heartbeats = new HashMap<>();
    private final PushedWal pushed = new PushedWal(
            filled.state,
            _ -> {
                throw new AssertionError("nobody pushes");
            },
            sent.clock,
            fault -> {
                throw new AssertionError(fault);
            });
    private final WalWatch watch = watch();

    private WalWatch watch() {
        return new WalWatch(filled.state, () -> Map.copyOf(heartbeats), pushed, sent.commands, sent.clock);
    }

    @AfterEach
    void close() {
        pushed.close();
        filled.close();
        sent.commands.close();
    }

    private void register(String name, boolean streams) {
        filled.put(Samples.database(name, "0 0 2 * * *", streams), NOW);
    }

    /// @param wrong how far the worker's clock is off
    private void beat(int attempt, @Nullable Duration exposed, String phase, Duration wrong) {
        beat(attempt, exposed, exposed, phase, wrong);
    }

    private void beat(int attempt, @Nullable Duration exposed, @Nullable Duration store, String phase, Duration wrong) {
        Epoch epoch = new Epoch("log", 0, attempt);
        heartbeats.put(
                epoch,
                new Heartbeat(
                        Samples.SHOP,
                        new OperationId("wal-shop"),
                        epoch,
                        new WorkerId("w1", new UUID(0, 1)),
                        phase,
                        0,
                        null,
                        null,
                        null,
                        null,
                        exposed == null ? null : exposed.toMillis(),
                        store == null ? null : store.toMillis(),
                        sent.clock.instant().plus(wrong)));
    }

    /// Time goes by, heartbeat by heartbeat.
    private void pass(Duration time, Runnable each) {
        for (Duration left = time; left.isPositive(); left = left.minus(BEAT)) {
            sent.clock.advance(BEAT);
            each.run();
            watch.tick();
        }
    }

    private void idle() {
        beat(1, Duration.ZERO, "receiving", Duration.ZERO);
    }

    private List<@Nullable Instant> told() {
        return sent.messages(WalChecked.class).map(WalChecked::exposedSince).toList();
    }

    @Test // F51, pitfall 14
    void anIdleDatabaseIsWellForADay() {
        register("shop", true);
        pass(Duration.ofDays(1), this::idle);
        assertThat(told()).hasSize(1).containsOnlyNulls();
    }

    @Test // F51, P10
    void aDeadWorkerAlarmsOnceWithinAMinuteOfTheHourAndItsSuccessorEndsIt() {
        // Given
        register("shop", true);
        pass(Duration.ofMinutes(5), this::idle);
        Instant died = sent.clock.instant();
        // When
        heartbeats.clear();
        pass(PATIENCE, () -> {});
        assertThat(told()).containsOnlyNulls();
        pass(Duration.ofMinutes(1), () -> {});
        pass(Duration.ofHours(5), () -> {});
        // Then
        assertThat(told()).hasSize(2).endsWith(died);
        // When another takes over, it first finds out what it has to make up for
        pass(Duration.ofMinutes(1), () -> beat(2, Duration.ofHours(6), "receiving", Duration.ZERO));
        assertThat(told()).hasSize(2);
        pass(Duration.ofMinutes(1), () -> beat(2, Duration.ofSeconds(2), "receiving", Duration.ZERO));
        // Then
        assertThat(told()).hasSize(3);
        assertThat(told().getLast()).isNull();
    }

    @Test // F51
    void aRepositoryThatGetsNothingBehindAHealthyTailAlarmsThoughNothingWouldBeLostWithTheServer() {
        // Given
        register("shop", true);
        pass(Duration.ofMinutes(5), this::idle);
        Instant away = sent.clock.instant();
        // When
        pass(
                PATIENCE.plusMinutes(1),
                () -> beat(1, Duration.ZERO, Duration.between(away, sent.clock.instant()), "receiving", Duration.ZERO));
        // Then
        assertThat(told()).hasSize(2).endsWith(away);
        assertThat(sent.messages(WalChecked.class).toList().getLast().seen())
                .contains("the brokers of its tail have it, the repository has not")
                .contains("says: receiving");
        assertThat(watch.rpo(Samples.SHOP)).contains(Duration.ZERO);
        // When
        pass(Duration.ofMinutes(1), this::idle);
        // Then
        assertThat(told()).hasSize(3);
        assertThat(told().getLast()).isNull();
    }

    @Test // F51
    void aWorkerThatLivesAndCannotReachServerOrStoreAlarmsAndSaysWhatItWaitsFor() {
        // Given
        register("shop", true);
        pass(Duration.ofMinutes(5), this::idle);
        Instant away = sent.clock.instant();
        // When
        pass(
                PATIENCE.plusMinutes(1),
                () -> beat(1, Duration.between(away, sent.clock.instant()), "waiting for the server", Duration.ZERO));
        // Then
        assertThat(told()).endsWith(away);
        assertThat(sent.messages(WalChecked.class).toList().getLast().seen())
                .isEqualTo("worker " + new WorkerId("w1", new UUID(0, 1)) + " says: waiting for the server");
    }

    @Test // F51
    void attemptsThatNeverGetToTheServerAreNoSignThatAllIsWell() {
        // Given
        register("shop", true);
        filled.put(
                Samples.operation(
                        "shop",
                        "wal-shop",
                        new Command.ReceiveWal(),
                        new OperationState.Open(
                                new Problem(FailureCode.STORE_UNAVAILABLE, "the store is away", "Bring it back.")),
                        null),
                NOW);
        // When
        int[] attempt = {1};
        pass(PATIENCE.plusMinutes(1), () -> {
            heartbeats.clear();
            beat(attempt[0]++, null, "starting", Duration.ZERO);
        });
        // Then
        assertThat(told()).containsExactly(NOW.plus(BEAT));
        assertThat(sent.messages(WalChecked.class).toList().getLast().seen())
                .isEqualTo("no worker receives it: the store is away");
    }

    @Test // F45
    void theClockOfAWorkerNeitherMakesNorHidesAnAlarm() {
        register("shop", true);
        pass(Duration.ofHours(3), () -> beat(1, Duration.ZERO, "receiving", Duration.ofHours(-2)));
        assertThat(told()).containsOnlyNulls();
        pass(Duration.ofSeconds(10), () -> beat(1, Duration.ZERO, "receiving", Duration.ofDays(1)));
        pass(PATIENCE.plusMinutes(1), () -> {});
        assertThat(told().getLast()).isNotNull();
    }

    @Test
    void anAlarmOutlivesARestartWithoutAWorker() {
        // Given
        register("shop", true);
        pass(PATIENCE.plusMinutes(1), () -> {});
        assertThat(told()).hasSize(1).doesNotContainNull();
        // When
        WalWatch restarted = watch();
        restarted.tick();
        sent.clock.advance(Duration.ofMinutes(30));
        restarted.tick();
        // Then nothing was said that could end it
        assertThat(told()).hasSize(1);
        // When
        beat(3, Duration.ZERO, "receiving", Duration.ZERO);
        sent.clock.advance(BEAT);
        restarted.tick();
        // Then
        assertThat(told()).hasSize(2);
        assertThat(told().getLast()).isNull();
    }

    @Test
    void whatIsStoredWhileEverybodyStartsIsNoAlarm() {
        // Given a worker that has found WAL of unknown age, and stores it
        register("shop", true);
        beat(1, Duration.ofHours(9), "receiving", Duration.ZERO);
        // When
        watch.tick();
        pass(Duration.ofSeconds(20), this::idle);
        // Then
        assertThat(told()).containsOnlyNulls();
        // And when it does not get on
        WalWatch restarted = watch();
        for (int i = 0; i < 14; i++) {
            sent.clock.advance(BEAT);
            beat(1, Duration.ofHours(9), "receiving", Duration.ZERO);
            restarted.tick();
        }
        assertThat(told().getLast()).isNotNull();
    }

    @Test
    void aPolicyWithoutWalAndARemovedDatabaseEndTheAlarm() {
        // Given
        register("shop", true);
        register("till", true);
        register("dark", false);
        pass(PATIENCE.plusMinutes(1), () -> {});
        assertThat(told()).hasSize(2).doesNotContainNull();
        // When
        register("shop", false);
        filled.put(Topics.DATABASES.name(), "till", null, NOW);
        pass(Duration.ofMinutes(1), () -> {});
        // Then
        assertThat(sent.messages(WalChecked.class)
                        .filter(each -> each.exposedSince() == null)
                        .map(WalChecked::database))
                .containsExactlyInAnyOrder(Samples.SHOP, new DatabaseId("till"));
    }

    @Test
    void whatTheBrokersDidNotTakeIsToldAtTheNextTick() {
        // Given
        register("shop", true);
        idle();
        sent.failNextCommit(new KafkaException("away"));
        // When
        assertThatThrownBy(watch::tick).isInstanceOf(RetryableException.class);
        long before = told().size();
        watch.tick();
        // Then
        assertThat(told()).hasSize((int) before + 1);
        assertThat(watch.durableUntil(Samples.SHOP)).contains(NOW);
        assertThat(watch.isStalled(Samples.SHOP)).isFalse();
    }

    @Test
    void rpoNowIsWhatTheLastHeartbeatSaysAndGrowsWithItsAge() {
        // Given
        register("shop", true);
        assertThat(watch.rpo(Samples.SHOP)).isEmpty();
        beat(1, Duration.ofMillis(1200), "receiving", Duration.ZERO);
        // When
        watch.tick();
        // Then
        assertThat(watch.rpo(Samples.SHOP)).contains(Duration.ofMillis(1200));
        sent.clock.advance(Duration.ofSeconds(29));
        assertThat(watch.rpo(Samples.SHOP)).contains(Duration.ofMillis(1200));
        sent.clock.advance(Duration.ofMinutes(5));
        assertThat(watch.rpo(Samples.SHOP)).contains(Duration.ofMillis(1200).plusSeconds(329));
    }
}

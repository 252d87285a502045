package io.walkback.restore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.TestAttempts;
import io.walkback.restore.SmallRepository;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrillHandlerTest {
    private static final RecoveryTarget LATEST = new RecoveryTarget.Latest();
    private static final Instant FIRST = Instant.parse("2026-05-01T02:00:00Z");
    private static final Clock CLOCK = Clock.fixed(FIRST.plus(Duration.ofHours(3)), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private SmallRepository backups;

    @BeforeEach
    void open() {
        backups = SmallRepository.in(folder);
    }

    @AfterEach
    void close() {
        backups.close();
    }

    private DrillHandler handler() {
        return new DrillHandler(
                "here",
                () -> backups.repository,
                () -> {
                    throw new IllegalStateException("nothing is rehearsed here");
                },
                new DrillChoices(CLOCK, new Random(1)),
                new TailWait((_, _) -> List.of(), () -> backups.repository, Duration.ofSeconds(20)));
    }

    private static Command.Rehearse rehearse(DrillChoice choice, RecoveryTarget target, @Nullable Duration window) {
        return new Command.Rehearse(
                choice,
                choice == DrillChoice.NAMED ? new BackupId("b1") : null,
                target,
                window,
                List.of(),
                Duration.ofMinutes(5));
    }

    private Set<BackupId> pins(Command.Rehearse command) {
        DrillHandler handler = handler();
        Operation operation = TestAttempts.open(SmallRepository.SHOP, "drill-1", command);
        await().atMost(Duration.ofSeconds(20)).until(() -> handler.canDo(operation));
        assertThat(handler.needs(operation).resources()).containsExactly(Resource.drill(SmallRepository.SHOP));
        return handler.needs(operation).pins();
    }

    @Test
    void takesOneRehearsalAtATimeOfWhicheverHostAndNothingElse() {
        DrillHandler handler = handler();
        assertThat(handler.kind()).isEqualTo(OperationKind.DRILL);
        assertThat(handler.slots()).isEqualTo(1);
        assertThat(handler.canDo(TestAttempts.open(SmallRepository.SHOP, "v", new Command.Verify(null))))
                .isFalse();
    }

    @Test // P5
    void pinsTheBackupThatItChose() {
        // Given
        backups.commit("b1", 0);
        backups.commit("b2", 10);
        backups.commit("b3", 20);
        backups.dump("d4", 30);
        // When and then
        assertThat(pins(rehearse(DrillChoice.NEWEST, LATEST, null))).containsExactly(new BackupId("b3"));
        assertThat(pins(rehearse(DrillChoice.NAMED, LATEST, null))).containsExactly(new BackupId("b1"));
        assertThat(pins(rehearse(
                        DrillChoice.NEWEST, new RecoveryTarget.Time(FIRST.plus(Duration.ofMinutes(15))), null)))
                .containsExactly(new BackupId("b2"));
    }

    @Test // P9
    void aBackupThatAwaitsItsWalIsNotChosen() {
        // Given
        backups.commit("b1", 0);
        backups.commit("b2", 10, 3, "");
        Command.Rehearse newest = rehearse(DrillChoice.NEWEST, LATEST, null);
        // When and then
        assertThat(pins(newest)).containsExactly(new BackupId("b1"));
        // and one with a hole before its end is, since it waits for nothing
        backups.archive(3);
        assertThat(pins(newest)).containsExactly(new BackupId("b2"));
    }

    @Test
    void chanceTakesEachBackupAndAPointThatItLeadsTo() {
        // Given
        backups.commit("b1", 0);
        backups.commit("b2", 10);
        backups.commit("b3", 20);
        DrillChoices choices = new DrillChoices(CLOCK, new Random(2));
        Set<BackupId> chosen = new HashSet<>();
        // When
        for (int i = 0; i < 200; i++) {
            chosen.add(
                    choices.choose(backups.repository, SmallRepository.SHOP, rehearse(DrillChoice.RANDOM, LATEST, null))
                            .backup());
            DrillChoices.Choice point = choices.choose(
                    backups.repository,
                    SmallRepository.SHOP,
                    rehearse(DrillChoice.NEWEST, LATEST, Duration.ofHours(2)));
            // Then
            assertThat(point.byChance()).isTrue();
            assertThat(point.backup()).isEqualTo(new BackupId("b3"));
            assertThat(((RecoveryTarget.Time) point.target()).time())
                    .isBetween(CLOCK.instant().minus(Duration.ofHours(2)), CLOCK.instant());
        }
        assertThat(chosen).hasSize(3);
    }

    @Test // P9
    void saysWhyWhenThereIsNothingToRehearse() {
        // Given
        backups.dump("d1", 0);
        Command.Rehearse command = rehearse(DrillChoice.NEWEST, LATEST, null);
        // Then it bids all the same, so that its attempt says why
        assertThat(pins(command)).isEmpty();
        assertThatThrownBy(() -> handler().run(TestAttempts.attempt(SmallRepository.SHOP, "drill-1", command)))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.BACKUP_UNKNOWN));
    }

    @Test // P5
    void readsNothingThatItsClaimDoesNotPin() {
        backups.commit("b1", 0);
        assertThatThrownBy(() -> handler()
                        .run(TestAttempts.attempt(
                                SmallRepository.SHOP, "drill-1", rehearse(DrillChoice.NEWEST, LATEST, null))))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("b1 is not pinned");
    }
}

package io.walkback.scheduler.trigger;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.CopiesChecked;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CopyWatchTest {
    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final CopyWatch watch = new CopyWatch(filled.state, sent.commands, sent.clock);

    @AfterEach
    void close() {
        filled.close();
        sent.commands.close();
    }

    private void register(int copies, Instant at) {
        DatabaseRegistration like = Samples.database("shop", "0 0 2 * * *", true);
        BackupPolicy usual = like.policy();
        filled.put(
                new DatabaseRegistration(
                        like.id(),
                        like.connection(),
                        like.system(),
                        new BackupPolicy(
                                usual.enabled(),
                                usual.cron(),
                                usual.zone(),
                                usual.maxAttempts(),
                                false,
                                0,
                                true,
                                usual.retention(),
                                usual.keep(),
                                usual.compressionLevel(),
                                usual.immutability(),
                                copies),
                        like.labels()),
                at);
    }

    private void backup(String id, Instant completed, int copies) {
        BackupCatalogEntry like = Samples.backup("shop", id, BackupStatus.COMPLETED, completed);
        filled.put(
                new BackupCatalogEntry(
                        like.header(),
                        like.backupId(),
                        like.type(),
                        like.status(),
                        like.requestedBy(),
                        like.requestedAt(),
                        like.labels(),
                        like.attempts(),
                        like.extent(),
                        like.startedAt(),
                        like.completedAt(),
                        null,
                        null,
                        null,
                        null,
                        copies),
                NOW);
    }

    /// What each look told, the backups that are late.
    private List<List<BackupId>> told() {
        return sent.messages(CopiesChecked.class).map(CopiesChecked::overdue).toList();
    }

    private void look() {
        sent.clock.advance(CopyWatch.EVERY);
        watch.tick();
    }

    @Test // P10
    void aBackupThatIsInOnePlaceADayAfterItsEndIsToldOnceAndItsArrivalToo() {
        // Given
        register(2, NOW.minus(Duration.ofDays(9)));
        backup("there", NOW.minus(Duration.ofDays(3)), 2);
        backup("late", NOW.minus(Duration.ofDays(2)), 1);
        backup("young", NOW.minus(Duration.ofHours(23)), 1);
        // When
        watch.tick();
        look();
        // Then
        assertThat(told()).containsExactly(List.of(new BackupId("late")));
        assertThat(sent.messages(CopiesChecked.class).findFirst().orElseThrow().since())
                .isEqualTo(NOW.minus(Duration.ofDays(2)));
        // When it has arrived
        backup("late", NOW.minus(Duration.ofDays(2)), 2);
        look();
        look();
        // Then
        assertThat(told()).containsExactly(List.of(new BackupId("late")), List.of());
        // And a later one that does not
        sent.clock.advance(Duration.ofHours(1));
        look();
        assertThat(told()).last().isEqualTo(List.of(new BackupId("young")));
    }

    @Test
    void aPolicyThatWantsFewerCopiesEndsTheAlarmAlsoAfterARestart() {
        // Given
        register(2, NOW.minus(Duration.ofDays(9)));
        backup("late", NOW.minus(Duration.ofDays(2)), 1);
        watch.tick();
        // When
        register(1, NOW);
        look();
        new CopyWatch(filled.state, sent.commands, sent.clock).tick();
        // Then
        assertThat(told()).containsExactly(List.of(new BackupId("late")), List.of(), List.of());
    }

    @Test
    void aPolicyThatWantsACopyForTheFirstTimeHasADayToGetIt() {
        backup("old", NOW.minus(Duration.ofDays(20)), 1);
        watch.tick();
        register(2, NOW);
        look();
        assertThat(told()).isEmpty();
        sent.clock.advance(Duration.ofDays(1));
        look();
        assertThat(told()).containsExactly(List.of(new BackupId("old")));
    }

    @Test
    void whatTheBrokersDidNotTakeIsToldAtTheNextTick() {
        // Given
        register(2, NOW.minus(Duration.ofDays(9)));
        backup("late", NOW.minus(Duration.ofDays(2)), 1);
        sent.failNextCommit(new KafkaException("away"));
        // When
        assertThatThrownBy(watch::tick).isInstanceOf(RetryableException.class);
        long before = told().size();
        watch.tick();
        // Then
        assertThat(told()).hasSize((int) before + 1);
    }
}

package io.walkback.scheduler.trigger;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.window.WindowFold;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.WalSamples;
import io.walkback.scheduler.command.Sent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GapBackupsTest {
    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final GapBackups gaps = new GapBackups(filled.state, sent.commands, sent.clock, true);
    private final WindowFold fold = new WindowFold();

    @AfterEach
    void close() {
        filled.close();
        sent.commands.close();
    }

    private void gap(long from, long to) {
        fold.apply(WalSamples.gap("shop", from, to, NOW));
        filled.put(fold.look(SHOP, List.of(), NOW).orElseThrow().window(), NOW);
    }

    @Test // F37
    void asksForOneBackupForEachHole() {
        // Given
        filled.put(Samples.database("shop", "0 0 2 * * *", true), NOW);
        gap(8, 10);
        // When
        gaps.tick();
        gaps.tick();
        BackupRequested request =
                sent.messages(BackupRequested.class).findFirst().orElseThrow();
        filled.put(
                Samples.operation(
                        "shop",
                        request.backupId().value(),
                        new Command.TakeBackup(request.backupId()),
                        new OperationState.Failed(Samples.BROKEN, NOW),
                        null),
                NOW);
        long asked = sent.messages(BackupRequested.class).count();
        gaps.tick();
        gap(20, 21);
        gaps.tick();
        // Then: twice the same request while nobody has seen it, then no more of it, and one for the other hole
        assertThat(asked).isEqualTo(2);
        assertThat(sent.messages(BackupRequested.class)
                        .map(BackupRequested::backupId)
                        .distinct())
                .hasSize(2);
        assertThat(sent.messages(BackupRequested.class)
                        .map(BackupRequested::eventId)
                        .distinct())
                .hasSize(2);
        assertThat(sent.messages(BackupRequested.class)).hasSize(3).allSatisfy(each -> {
            assertThat(each.type()).isEqualTo(BackupType.PHYSICAL);
            assertThat(each.requestedBy()).isEqualTo("gap");
        });
    }

    @Test
    void asksForNothingWhereNoBackupsAreWantedOrTheHoleIsOldOrHasItsBackup() {
        // Given
        gap(8, 10);
        GapBackups off = new GapBackups(filled.state, sent.commands, sent.clock, false);
        // When a database is not registered, or this installation asks for nothing
        gaps.tick();
        filled.put(Samples.database("shop", "0 0 2 * * *", true), NOW);
        off.tick();
        // And the catalog has the backup, whose operation is forgotten
        String id = GapBackups.backup(SHOP, fold.holes(SHOP).getFirst()).value();
        filled.put(Samples.backup("shop", id, BackupStatus.FAILED, NOW), NOW);
        gaps.tick();
        // And the hole is old
        gap(20, 21);
        sent.clock.advance(Duration.ofHours(25));
        gaps.tick();
        // Then
        assertThat(sent.messages(BackupRequested.class)).isEmpty();
    }
}

package io.walkback.scheduler.expiry;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.WorkerId;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.Hold;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private final Filled filled = new Filled();

    @AfterEach
    void close() {
        filled.close();
    }

    @Test // F43
    void tellsOfEachBackupWhatRetentionMustKnow() {
        // Given a backup in each state, one held and one pinned by a restore
        filled.put(Samples.backup("shop", "done", BackupStatus.COMPLETED, NOW), NOW);
        filled.put(Samples.backup("shop", "held", BackupStatus.COMPLETED, NOW), NOW);
        filled.put(Samples.backup("shop", "failed", BackupStatus.FAILED, NOW), NOW);
        filled.put(Samples.backup("shop", "running", BackupStatus.RUNNING, NOW), NOW);
        filled.put(Samples.backup("shop", "gone", BackupStatus.EXPIRED, NOW), NOW);
        filled.put(Samples.backup("shop", "dump", BackupType.LOGICAL, BackupStatus.COMPLETED, NOW), NOW);
        filled.put(Samples.backup("bank", "other", BackupStatus.COMPLETED, NOW), NOW);
        BackupId held = new BackupId("held");
        OperationState open = new OperationState.Open(null);
        filled.put(Samples.operation("shop", "h1", new Command.Hold(held, "audit", null), open, null), NOW);
        filled.put(
                Samples.operation(
                        "shop", "h0", new Command.Hold(held, "over", null), new OperationState.Cancelled(NOW), null),
                NOW);
        OperationState reading = new OperationState.Claimed(
                new Epoch("log", 0, 1), new WorkerId("w", new UUID(0, 0)), Set.of(), Set.of(new BackupId("done")), NOW);
        // When the restore is known from the log and not from the view yet
        List<Candidate> candidates = Candidates.of(
                filled.state,
                SHOP,
                List.of(Samples.operation("shop", "r1", new Command.Verify(new BackupId("done")), reading, null)));
        // Then
        Map<String, Candidate> byId =
                candidates.stream().collect(Collectors.toMap(one -> one.id().value(), Function.identity()));
        assertThat(byId).containsOnlyKeys("done", "held", "failed", "running", "dump");
        assertThat(candidates)
                .filteredOn(Candidate::logical)
                .extracting(one -> one.id().value())
                .containsExactly("dump");
        assertThat(byId.get("done")).satisfies(one -> {
            assertThat(one.stage()).isEqualTo(Stage.COMPLETED);
            assertThat(one.pinnedBy()).containsExactly("r1");
            assertThat(one.holds()).isEmpty();
        });
        assertThat(byId.get("held"))
                .satisfies(one -> assertThat(one.holds()).containsExactly(new Hold("audit", "anne", null)));
        assertThat(byId.get("failed")).satisfies(one -> assertThat(one.stage()).isEqualTo(Stage.FAILED));
        assertThat(byId.get("running")).satisfies(one -> assertThat(one.stage()).isEqualTo(Stage.UNFINISHED));
        assertThat(Candidates.holds(filled.state, SHOP, held)).hasSize(1);
    }
}

package io.walkback.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.operation.Operation;
import io.walkback.embedded.ChildProcess;
import io.walkback.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Instances of the packaged service, killed while they project.
class F02KilledInMidTransactionFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private TestPlatform platform;

    @BeforeEach
    void start() {
        platform = new TestPlatform(directory);
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    private void ready(String node) {
        await().atMost(PATIENCE).until(() -> platform.logs(node, "Started SchedulerApplication"));
    }

    /// Rejected requests of many databases, so that every partition has some; each is one event.
    private void request(int from, int to) {
        for (int i = from; i < to; i++) {
            platform.send(Samples.backupRequested("db" + i % 24, "r" + i));
        }
    }

    private List<BackupFailed> failed() {
        return platform.read(Topics.BACKUP_FAILED.name(), BackupFailed.class, _ -> true);
    }

    @Test // F02
    void projectsABatchOnceWhoseWriterWasKilledBeforeItsCommit() {
        // Given
        ChildProcess killed = platform.service("killed", Map.of("WALKBACK_KILL_POINT", "projection.not-committed"));
        ready("killed");
        // When
        request(0, 1);
        assertThat(killed.awaitExit(PATIENCE)).isTrue();
        assertThat(killed.exitCode()).hasValue(137);
        assertThat(failed()).isEmpty();
        platform.service("successor", Map.of());
        // Then
        await().atMost(PATIENCE).until(() -> !failed().isEmpty());
        assertThat(failed()).hasSize(1);
        assertThat(platform.read(Topics.OPERATIONS.name(), Operation.class, _ -> true))
                .hasSize(1);
    }

    @Test // F02
    void losesAndDoublesNothingWhenOneOfTwoInstancesIsKilled() {
        // Given
        ChildProcess first = platform.service("first", Map.of());
        ready("first");
        platform.service("second", Map.of());
        ready("second");
        request(0, 60);
        await().atMost(PATIENCE).until(() -> failed().size() >= 20);
        // When
        first.kill();
        request(60, 120);
        // Then
        await().atMost(PATIENCE).until(() -> failed().size() >= 120);
        List<BackupFailed> events = failed();
        assertThat(events)
                .extracting(event -> event.backupId().value())
                .hasSize(120)
                .doesNotHaveDuplicates();
        assertThat(events).extracting(BackupFailed::eventId).doesNotHaveDuplicates();
        assertThat(platform.read(Topics.OPERATIONS.name(), Operation.class, _ -> true))
                .hasSize(120);
    }
}

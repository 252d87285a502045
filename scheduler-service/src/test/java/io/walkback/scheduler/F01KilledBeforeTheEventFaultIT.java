package io.walkback.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.operation.Operation;
import io.walkback.embedded.ChildProcess;
import io.walkback.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged service, killed when an occurrence is due and nobody has been told.
class F01KilledBeforeTheEventFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test // F01
    void asksOnceForTheOccurrenceAfterTheRestart() throws IOException {
        try (TestPlatform platform = new TestPlatform(directory)) {
            // Given: a schedule of one moment, soon enough for the test and late enough for the start
            ZonedDateTime due =
                    ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(45).withNano(0);
            Path config = directory.resolve("walkback.yml");
            Files.writeString(
                    config,
                    "databases:\n  shop:\n    host: 127.0.0.1\n    user: walkback\n    policy: {streamWal: false, zone:"
                            + " UTC, cron: \"%d %d %d %d %d *\"}\n"
                                    .formatted(
                                            due.getSecond(),
                                            due.getMinute(),
                                            due.getHour(),
                                            due.getDayOfMonth(),
                                            due.getMonthValue()));
            Map<String, String> environment = Map.of("WALKBACK_CONFIG", config.toString());
            ChildProcess killed = platform.service(
                    "killed", Map.of("WALKBACK_CONFIG", config.toString(), "WALKBACK_KILL_POINT", "trigger.due"));
            assertThat(killed.awaitExit(PATIENCE)).isTrue();
            assertThat(killed.exitCode()).hasValue(137);
            assertThat(requests(platform)).isEmpty();
            // When
            platform.service("restarted", environment);
            platform.service("beside", environment);
            // Then
            await().atMost(PATIENCE).until(() -> !platform.read(Topics.OPERATIONS.name(), Operation.class, _ -> true)
                    .isEmpty());
            assertThat(requests(platform))
                    .extracting(BackupRequested::requestId)
                    .containsOnly("shop-" + due.toInstant().toString().replaceAll("[-:]", ""));
            assertThat(platform.read(Topics.OPERATIONS.name(), Operation.class, _ -> true))
                    .hasSize(1);
        }
    }

    private static List<BackupRequested> requests(TestPlatform platform) {
        return platform.read(Topics.BACKUP_REQUESTED.name(), BackupRequested.class, _ -> true);
    }
}

package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    @Test
    void isReadyWhenThePredicateSaysSoAndStopsOnItsSignal() {
        // Given
        try (ChildProcess child = ChildProcess.start(shell("echo up > ready; exec sleep 600"))) {
            // When
            child.awaitReady(() -> Files.exists(directory.resolve("ready")), DEADLINE);
            assertThat(child.isAlive()).isTrue();
            assertThat(child.exitCode()).isEmpty();
            child.stop(DEADLINE);
            // Then
            assertThat(child.isAlive()).isFalse();
            assertThat(child.exitCode()).hasValue(128 + 15);
        }
    }

    @Test
    void saysHowTheLogEndsWhenTheProgramDiesBeforeItIsReady() {
        // Given
        try (ChildProcess child = ChildProcess.start(shell("echo no such setting: colour >&2; exit 3"))) {
            // When, Then
            assertThatThrownBy(() -> child.awaitReady(() -> false, DEADLINE))
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("exit code 3")
                    .hasMessageContaining("no such setting: colour")
                    .extracting(fault -> ((PlatformException) fault).code())
                    .isEqualTo(FailureCode.PROCESS_FAILED);
        }
    }

    @Test
    void givesUpOnAProgramThatIsNotReadyInTime() {
        try (ChildProcess child = ChildProcess.start(shell("echo still thinking; exec sleep 600"))) {
            assertThatThrownBy(() -> child.awaitReady(() -> false, Duration.ofMillis(300)))
                    .hasMessageContaining("not ready within 300 ms")
                    .hasMessageContaining("still thinking");
        }
    }

    @Test
    void killsAProgramThatIgnoresItsSignal() {
        // Given
        try (ChildProcess child =
                ChildProcess.start(shell("trap '' TERM; echo deaf > ready; while true; do sleep 0.1; done"))) {
            child.awaitReady(() -> Files.exists(directory.resolve("ready")), DEADLINE);
            // When
            child.stop(Duration.ofMillis(300));
            // Then
            assertThat(child.exitCode()).hasValue(128 + 9);
        }
    }

    @Test
    void killTakesGrandchildrenAlong() throws IOException {
        // Given
        try (ChildProcess child = ChildProcess.start(shell("sleep 600 & echo $! > pid.new; mv pid.new pid; wait"))) {
            child.awaitReady(() -> Files.exists(directory.resolve("pid")), DEADLINE);
            long grandchild =
                    Long.parseLong(Files.readString(directory.resolve("pid")).strip());
            assertThat(TestProcesses.isAlive(grandchild)).isTrue();
            // When
            child.kill();
            // Then
            assertThat(child.isAlive()).isFalse();
            assertThat(TestProcesses.isAlive(grandchild)).isFalse();
        }
    }

    @Test
    void aPausedProgramDoesNothingUntilItIsResumedAndCanStillBeStopped() {
        // Given
        try (ChildProcess child = ChildProcess.start(shell("exec sleep 600"))) {
            // When
            child.pause();
            // Then
            await().atMost(DEADLINE).until(() -> TestProcesses.state(child.pid()) == 'T');
            child.resume();
            await().atMost(DEADLINE).until(() -> TestProcesses.state(child.pid()) == 'S');
            child.pause();
            child.stop(DEADLINE);
            assertThat(child.exitCode()).hasValue(128 + 15);
        }
    }

    @Test
    void hasItsEnvironmentAndItsFolder() throws IOException {
        // Given
        Launch launch = shell("echo $GREETING in $(pwd)").withEnvironment(Map.of("GREETING", "hello"));
        // When
        ChildProcess.run(launch, DEADLINE);
        // Then
        assertThat(Files.readString(launch.log())).contains("hello in " + directory.toRealPath());
    }

    @Test
    void runFailsWithTheExitCodeAndWhenItTakesTooLong() {
        assertThatThrownBy(() -> ChildProcess.run(shell("exit 7"), DEADLINE)).hasMessageContaining("exit code 7");
        assertThatThrownBy(() -> ChildProcess.run(shell("exec sleep 600"), Duration.ofMillis(200)))
                .hasMessageContaining("did not end within 200 ms");
    }

    @Test
    void namesAProgramThatIsNotThere() {
        Launch launch =
                Launch.of("ghost", List.of(directory.resolve("ghost").toString()), directory, directory.resolve("log"));
        assertThatThrownBy(() -> ChildProcess.run(launch, DEADLINE))
                .isInstanceOfAny(OperatorActionException.class, RetryableException.class)
                .hasMessageContaining("ghost");
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        // Given
        try (ChildProcess child = ChildProcess.start(shell("exec sleep 600"))) {
            Thread.currentThread().interrupt();
            // When, Then
            assertThatThrownBy(() -> child.awaitExit(DEADLINE)).hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private Launch shell(String script) {
        return Launch.of("shell", List.of("/bin/sh", "-c", script), directory, directory.resolve("shell.log"));
    }
}

package io.walkback.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.Launch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final List<String> told = new CopyOnWriteArrayList<>();

    @Test
    void aPartThatIsKilledIsReportedWithItsLogAndComesBack() {
        // Given
        Sleeper part = new Sleeper("echo last words; exec sleep 300");
        part.launch();
        long before = part.process().pid();
        List<Long> started = new CopyOnWriteArrayList<>();
        try (Supervisor supervisor =
                new Supervisor(told::add, back -> started.add(back.process().pid()))) {
            supervisor.watch(part);
            await().atMost(DEADLINE).until(() -> part.log().toFile().length() > 0);
            // When
            part.process().kill();
            // Then
            await().atMost(DEADLINE).until(() -> told.size() == 2);
        }
        assertThat(told.getFirst()).contains("sleeper", Long.toString(before), "137", "last words");
        assertThat(told.getLast()).contains("is back");
        assertThat(part.process().isAlive()).isTrue();
        assertThat(started).containsExactly(part.process().pid());
        part.process().kill();
    }

    @Test
    void aPartThatCannotStartIsTriedAgainWithGrowingPauses() {
        // Given
        Sleeper part = new Sleeper("exit 3");
        part.launch();
        try (Supervisor supervisor = new Supervisor(told::add, _ -> {})) {
            // When
            supervisor.watch(part);
            // Then
            await().atMost(DEADLINE).until(() -> told.stream().anyMatch(line -> line.contains("again in 2 s")));
        }
        assertThat(told).anyMatch(line -> line.contains("exit code 3") && line.contains("again in 1 s"));
        assertThat(told).anyMatch(line -> line.contains("did not come back"));
    }

    @Test
    void pausesDoubleUpToALimit() {
        Duration pause = Supervisor.FIRST_PAUSE;
        for (int end = 0; end < 20; end++) {
            Duration next = Supervisor.longer(pause);
            assertThat(next).isBetween(pause, Supervisor.LONGEST_PAUSE);
            pause = next;
        }
        assertThat(pause).isEqualTo(Supervisor.LONGEST_PAUSE);
    }

    @Test
    void nothingIsStartedAgainOnceItHasBeenReleased() {
        // Given
        Sleeper part = new Sleeper("exec sleep 300");
        part.launch();
        long pid = part.process().pid();
        Supervisor supervisor = new Supervisor(told::add, _ -> {});
        supervisor.watch(part);
        // When
        supervisor.release();
        part.process().kill();
        supervisor.close();
        // Then
        assertThat(part.process().pid()).isEqualTo(pid);
        assertThat(told).isEmpty();
    }

    /// A shell script as a part.
    private final class Sleeper implements Part {
        private final String script;
        private volatile ChildProcess process;

        @SuppressWarnings("NullAway.Init") // launched by every test before it is used
        Sleeper(String script) {
            this.script = script;
        }

        @Override
        public String name() {
            return "sleeper";
        }

        @Override
        public void launch() {
            process = ChildProcess.start(Launch.of("sleeper", List.of("/bin/sh", "-c", script), directory, log()));
        }

        @Override
        public void awaitReady() {
            if (process.awaitExit(Duration.ofMillis(100))) {
                throw new RetryableException(FailureCode.PROCESS_FAILED, "it ended", "Look at it.");
            }
        }

        @Override
        public ChildProcess process() {
            return process;
        }

        @Override
        public Path log() {
            return directory.resolve("sleeper.log");
        }
    }
}

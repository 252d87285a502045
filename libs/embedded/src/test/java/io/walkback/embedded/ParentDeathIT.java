package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParentDeathIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void childrenStopInReverseOrderWhenTheJvmEnds() throws IOException {
        // Given
        try (ChildProcess parent = startParent()) {
            // When
            parent.stop(DEADLINE);
        }
        // Then
        assertThat(TestProcesses.isAlive(childPid("first"))).isFalse();
        assertThat(TestProcesses.isAlive(childPid("second"))).isFalse();
        assertThat(Files.readAllLines(directory.resolve("ended"))).containsExactly("second", "first");
    }

    @Test
    void childrenDieWithAParentThatIsKilledAlthoughAVirtualThreadStartedThem() throws IOException {
        assumeThat(DeathSignal.isSupported()).as("setpriv --pdeathsig").isTrue();
        // Given
        try (ChildProcess parent = startParent()) {
            long first = childPid("first");
            long second = childPid("second");
            assertThat(TestProcesses.isAlive(first)).isTrue();
            assertThat(TestProcesses.isAlive(second)).isTrue();
            // When: only the JVM, as the kernel's memory killer would
            parent.signal(Signal.KILL);
            // Then
            await().atMost(DEADLINE).until(() -> !TestProcesses.isAlive(first) && !TestProcesses.isAlive(second));
        }
    }

    private ChildProcess startParent() {
        List<String> arguments =
                List.of("-cp", System.getProperty("java.class.path"), Parent.class.getName(), directory.toString());
        ChildProcess parent = ChildProcess.start(
                Launch.of("parent", JavaCommand.with(64, arguments), directory, directory.resolve("parent.log")));
        parent.awaitReady(
                () -> Files.exists(directory.resolve("first")) && Files.exists(directory.resolve("second")), DEADLINE);
        return parent;
    }

    private long childPid(String name) throws IOException {
        return Long.parseLong(Files.readString(directory.resolve(name)).strip());
    }

    /// A JVM with two children that were started from virtual threads, whose carriers come and go.
    static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws InterruptedException {
            Path directory = Path.of(arguments[0]);
            for (String name : List.of("first", "second")) {
                String script = "trap 'echo " + name + " >> ended; exit 0' TERM; echo $$ > " + name + ".new; mv " + name
                        + ".new " + name + "; while true; do sleep 0.05; done";
                Launch launch =
                        Launch.of(name, List.of("/bin/sh", "-c", script), directory, directory.resolve(name + ".log"));
                Thread.ofVirtual().start(() -> ChildProcess.start(launch)).join();
            }
            new CountDownLatch(1).await();
        }
    }
}

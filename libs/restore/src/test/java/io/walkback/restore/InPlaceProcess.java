package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.restore.inplace.Hooks;
import io.walkback.restore.inplace.InPlaceHost;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A restore in place in a process of its own, to be killed.
final class InPlaceProcess {
    private InPlaceProcess() {}

    /// Runs one that is killed at a point, and returns its exit code.
    static int exitOf(Path folder, String operation, String point) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Dwalkback.kill.point=" + point,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        InPlaceProcess.class.getName(),
                        folder.toString(),
                        operation)
                .inheritIO()
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    static InPlaceHost host(Path folder, Clock clock) {
        return new InPlaceHost(
                new Hooks(Optional.of(folder.resolve("hooks"))),
                Optional.of(folder.resolve("index")),
                InPlaceHost.KEEP,
                clock);
    }

    static Command.Restore command(Path folder, String verification) {
        return new Command.Restore(
                null,
                new RecoveryTarget.Immediate(),
                null,
                "here",
                folder.resolve("pg").toString(),
                Map.of(folder.resolve("ts").toString(), folder.resolve("ts").toString()),
                false,
                false,
                false,
                false,
                null,
                null,
                new Command.InPlace("stop", null, verification));
    }

    /// @param arguments the folder with everything in it, and the operation
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        try (Repository repository =
                Repository.open(BlobStores.open(SmallRepository.url(folder)), Clock.systemUTC(), Optional.empty())) {
            new RestoreEngine(repository, Optional.empty(), host(folder, Clock.systemUTC()))
                    .restore(arguments[1], SmallRepository.SHOP, command(folder, "fine"), (_, _, _, _) -> {});
        }
    }
}

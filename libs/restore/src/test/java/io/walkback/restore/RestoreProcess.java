package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.embedded.Parts;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.seal.KeyFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A restore in a process of its own, to be killed.
final class RestoreProcess {
    private RestoreProcess() {}

    /// Runs one that is killed at a point, and returns its exit code.
    static int exitOf(SourceCluster source, Path directory, String point) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Dwalkback.kill.point=" + point,
                        "-Dwalkback.parts=" + System.getProperty("walkback.parts"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        RestoreProcess.class.getName(),
                        source.repositoryFolder().toUri().toString(),
                        directory.toString(),
                        source.keyFile().toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /// @param arguments the repository's URL, the directory, the key file; for a delta restore the source's
    ///     tablespace too, which goes beside the directory
    public static void main(String[] arguments) throws Exception {
        try (Repository repository = Repository.open(
                BlobStores.open(URI.create(arguments[0])),
                SourceCluster.CLOCK,
                Optional.of(KeyFile.read(Path.of(arguments[2]))))) {
            new RestoreEngine(repository, Optional.of(Parts.fromSystemProperty()))
                    .restore(
                            "op",
                            SourceCluster.DATABASE,
                            arguments.length > 3
                                    ? new Command.Restore(
                                            null,
                                            new RecoveryTarget.Latest(),
                                            null,
                                            "here",
                                            arguments[1],
                                            Map.of(arguments[3], arguments[1] + "-ts"),
                                            true,
                                            true)
                                    : RestoreIT.to(Path.of(arguments[1]), new RecoveryTarget.Latest(), true, Map.of()),
                            (_, _, _, _) -> {});
        }
    }
}

package io.walkback.testkit.s3;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.FreePorts;
import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.Launch;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Adobe's S3Mock as a child process: it keeps and returns what s3proxy refuses or forgets, which are checksums,
/// encryption headers, versions and retentions. It takes any credentials, does not hold to its locks, and lets
/// several writers win a race; so it judges headers and nothing else.
public final class S3Mock implements AutoCloseable {
    private static final int HEAP_MEGABYTES = 256;
    private static final Duration START_DEADLINE = Duration.ofSeconds(90);

    private final int port;
    private final ChildProcess process;

    private S3Mock(int port, ChildProcess process) {
        this.port = port;
        this.process = process;
    }

    /// Starts one that keeps everything below `directory`, and waits until it answers.
    ///
    /// @param kmsKey ARN of a key that it accepts for encryption
    public static S3Mock start(Path directory, String kmsKey) throws IOException {
        Path jar = S3Proxy.part("s3mock-exec.jar");
        Path objects = Files.createDirectories(directory.resolve("objects"));
        int port = FreePorts.one();
        ChildProcess process = ChildProcess.start(Launch.of(
                "s3mock",
                JavaCommand.with(
                        HEAP_MEGABYTES,
                        List.of(
                                "-XX:TieredStopAtLevel=1",
                                "-Dserver.address=127.0.0.1",
                                "-Dserver.port=" + FreePorts.one(),
                                "-Dhttp.port=" + port,
                                "-Dcom.adobe.testing.s3mock.store.root=" + objects,
                                "-Dcom.adobe.testing.s3mock.store.validKmsKeys=" + kmsKey,
                                "-jar",
                                jar.toString())),
                directory,
                directory.resolve("s3mock.log")));
        try {
            process.awaitReady(() -> S3Proxy.answers(port), START_DEADLINE);
        } catch (RuntimeException failed) {
            process.close();
            throw failed;
        }
        return new S3Mock(port, process);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        process.close();
    }
}

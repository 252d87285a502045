package io.walkback.testkit.s3;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.FreePorts;
import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.Launch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// s3proxy as a child process: a real S3 server on loopback that checks signatures and checksums, decides races,
/// and keeps buckets as folders. It has no versions and no locks.
public final class S3Proxy implements AutoCloseable {
    /// What it accepts, and nothing else.
    public static final String ACCESS_KEY = "walkback-test";

    public static final String SECRET_KEY = "not-a-secret";

    private static final int HEAP_MEGABYTES = 256;
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    /// Laid out by the build of `libs/repository-s3`.
    private static final String PARTS = "libs/repository-s3/target/parts";

    private final Path buckets;
    private final int port;
    private final ChildProcess process;

    private S3Proxy(Path buckets, int port, ChildProcess process) {
        this.buckets = buckets;
        this.port = port;
        this.process = process;
    }

    /// Starts one that keeps everything below `directory`, and waits until it answers.
    public static S3Proxy start(Path directory) throws IOException {
        Path jar = part("s3proxy-jar-with-dependencies.jar");
        Path buckets = Files.createDirectories(directory.resolve("buckets"));
        int port = FreePorts.one();
        Path settings = directory.resolve("s3proxy.conf");
        Files.writeString(settings, """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """.formatted(port, ACCESS_KEY, SECRET_KEY, buckets));
        ChildProcess process = ChildProcess.start(Launch.of(
                "s3proxy",
                JavaCommand.with(
                        HEAP_MEGABYTES,
                        List.of(
                                "-XX:TieredStopAtLevel=1",
                                "-jar",
                                jar.toString(),
                                "--properties",
                                settings.toString())),
                directory,
                directory.resolve("s3proxy.log")));
        try {
            process.awaitReady(() -> answers(port), START_DEADLINE);
        } catch (RuntimeException failed) {
            process.close();
            throw failed;
        }
        return new S3Proxy(buckets, port, process);
    }

    static Path part(String name) {
        Path jar = Path.of(Objects.requireNonNull(System.getProperty("walkback.root"), "set by Maven"), PARTS, name);
        if (Files.notExists(jar)) {
            throw new IllegalStateException(jar + " is missing; build libs/repository-s3 first");
        }
        return jar;
    }

    static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            // Not yet: the caller asks again.
            return false;
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /// Makes an empty bucket, which is a folder here.
    public void makeBucket(String name) throws IOException {
        Files.createDirectory(buckets.resolve(name));
    }

    /// Where the bytes of an object lie.
    public Path file(String bucket, String key) {
        return buckets.resolve(bucket).resolve(key);
    }

    @Override
    public void close() {
        process.close();
    }
}

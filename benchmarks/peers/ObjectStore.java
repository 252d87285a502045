package peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One s3proxy for all tools, over plain HTTP on loopback: it checks signatures and keeps buckets as folders. Its
/// processor seconds are counted apart.
final class ObjectStore {
    static final String REGION = "us-east-1";
    static final String ACCESS_KEY = "peers";
    /// Of a server that lives as long as this program, on loopback.
    static final String SECRET_KEY = "only-for-this-benchmark";

    private static final int TRIES = 600;

    private final Path buckets;
    private final int port;
    private final Process process;

    private ObjectStore(Path buckets, int port, Process process) {
        this.buckets = buckets;
        this.port = port;
        this.process = process;
    }

    static ObjectStore start(Options options, Cluster cluster) throws IOException, InterruptedException {
        Path jar = options.root().resolve("libs/repository-s3/target/parts/s3proxy-jar-with-dependencies.jar");
        if (Files.notExists(jar)) {
            throw new IOException(jar + " is missing: './walkback --version' builds it");
        }
        Path home = options.work().resolve("s3");
        Path buckets = home.resolve("buckets");
        Processes.run(cluster.home(), "rm", "-rf", home.toString());
        Processes.run(cluster.home(), "mkdir", "-p", buckets.toString());
        int port = Cluster.freePort();
        Path settings = home.resolve("s3proxy.conf");
        Files.writeString(settings, """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """.formatted(port, ACCESS_KEY, SECRET_KEY, buckets));
        Path log = home.resolve("s3proxy.log");
        Process process = Processes.keep(Processes.builder(
                        home,
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-jar",
                                jar.toString(),
                                "--properties",
                                settings.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
        cluster.ignore(process.pid());
        ObjectStore store = new ObjectStore(buckets, port, process);
        for (int i = 0; i < TRIES; i++) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return store;
            } catch (IOException notYet) {
                if (!process.isAlive()) {
                    throw new IOException("s3proxy ended: see " + log, notYet);
                }
                // Between two tries: it says that it is ready by taking a connection.
                Thread.sleep(100);
            }
        }
        throw new IOException("s3proxy did not start: see " + log);
    }

    long pid() {
        return process.pid();
    }

    int port() {
        return port;
    }

    String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    /// Makes an empty bucket in place of one of that name, and returns the folder that it is.
    Path bucket(String name) throws IOException, InterruptedException {
        Path bucket = buckets.resolve(name);
        Processes.run(buckets, "rm", "-rf", bucket.toString());
        Processes.run(buckets, "mkdir", bucket.toString());
        return bucket;
    }
}

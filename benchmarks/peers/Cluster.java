package peers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A PostgreSQL with generated data: pgbench's accounts, compressible documents, random blobs, small tables.
final class Cluster implements AutoCloseable {
    private static final int SMALL_TABLES = 2_000;
    private static final int SCALE_PER_GIGABYTE = 33;
    private static final int DOCUMENTS_PER_GIGABYTE = 110_000;
    private static final int BLOB = 1 << 20;
    private static final long SEED = 20_261_122;

    private final Options options;
    private final Path home;
    private final Path data;
    private final int port;
    private final Set<Long> ignored = ConcurrentHashMap.newKeySet();
    private Process server;
    private int changes;

    private Cluster(Options options, Path home, int port) {
        this.options = options;
        this.home = home;
        this.data = home.resolve("data");
        this.port = port;
    }

    /// Makes the cluster below the work folder, or starts the one that an earlier run made there.
    static Cluster make(Options options) throws IOException, InterruptedException {
        Path home = Files.createDirectories(options.work());
        if ("root".equals(System.getProperty("user.name"))) {
            new ProcessBuilder("chown", "postgres:postgres", home.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
        Cluster cluster = new Cluster(options, home, freePort());
        boolean isNew = !Files.exists(cluster.data);
        if (isNew) {
            cluster.program("initdb", "-D", cluster.data.toString(), "-k", "-N", "-A", "trust", "-U", "postgres");
        }
        cluster.start();
        if (isNew) {
            cluster.fill();
        }
        cluster.settle();
        return cluster;
    }

    Path home() {
        return home;
    }

    Path data() {
        return data;
    }

    int port() {
        return port;
    }

    long pid() {
        return server.pid();
    }

    long bytes() throws IOException {
        return Meter.size(data);
    }

    /// A process that is a child of this one, but part of no measurement.
    void ignore(long pid) {
        ignored.add(pid);
    }

    boolean ignores(long pid) {
        return ignored.contains(pid);
    }

    String sql(String text) throws IOException, InterruptedException {
        return program(
                        "psql",
                        "-h",
                        home.toString(),
                        "-p",
                        "" + port,
                        "-U",
                        "postgres",
                        "-qAtX",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-c",
                        text,
                        "postgres")
                .strip();
    }

    String program(String name, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = options.postgres().resolve(name).toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Processes.run(home, command);
    }

    /// Sets the archive command, which every tool that wants one does; `true` for none.
    void archiveWith(String command) throws IOException, InterruptedException {
        sql("ALTER SYSTEM SET archive_command = '" + command.replace("'", "''") + "'");
        sql("SELECT pg_reload_conf()");
    }

    /// Updates one row in each of as many random pages as are one percent of the cluster, in place (HOT).
    void changeOnePercent() throws IOException, InterruptedException {
        changes++;
        sql("""
            UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE ctid = ANY (ARRAY(
                SELECT DISTINCT format('(%s,1)', floor(random() * pg_relation_size('pgbench_accounts') / 8192))::tid
                  FROM generate_series(1, (SELECT sum(pg_database_size(oid)) / 8192 / 100 FROM pg_database)::bigint)))
            """);
        settle();
    }

    private void fill() throws IOException, InterruptedException {
        int gigabytes = options.gigabytes();
        System.err.println("making a cluster of about " + gigabytes + " GB");
        program(
                "pgbench",
                "-h",
                home.toString(),
                "-p",
                "" + port,
                "-U",
                "postgres",
                "-i",
                "-q",
                "-F",
                "90",
                "-s",
                "" + gigabytes * SCALE_PER_GIGABYTE,
                "postgres");
        sql("CREATE TABLE documents (id bigint PRIMARY KEY, title text, body text)");
        sql("ALTER TABLE documents ALTER body SET STORAGE PLAIN");
        sql("INSERT INTO documents SELECT i, 'document ' || i, repeat('The quick brown fox jumps over the lazy"
                + " dog. ', 12) || md5(i::text) || repeat(' and then ' || md5((i % 1000)::text), 20) FROM"
                + " generate_series(1, " + gigabytes * DOCUMENTS_PER_GIGABYTE + ") AS i");
        sql("CREATE TABLE blobs (data bytea)");
        sql("ALTER TABLE blobs ALTER data SET STORAGE EXTERNAL");
        copyBlobs(gigabytes * 256);
        sql("DO $$ BEGIN FOR i IN 1.." + SMALL_TABLES + " LOOP"
                + " EXECUTE format('CREATE TABLE small_%s AS SELECT g AS id, md5(g::text) AS name"
                + " FROM generate_series(1, 50) AS g', i); END LOOP; END $$");
        sql("VACUUM FREEZE");
    }

    private void copyBlobs(int count) throws IOException, InterruptedException {
        Process psql = Processes.builder(
                        home,
                        List.of(
                                options.postgres().resolve("psql").toString(),
                                "-h",
                                home.toString(),
                                "-p",
                                "" + port,
                                "-U",
                                "postgres",
                                "-qX",
                                "-c",
                                "COPY blobs FROM STDIN",
                                "postgres"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        Random random = new Random(SEED);
        byte[] blob = new byte[BLOB];
        try (OutputStream out = new BufferedOutputStream(psql.getOutputStream(), 1 << 20)) {
            for (int i = 0; i < count; i++) {
                random.nextBytes(blob);
                out.write("\\\\x".getBytes(StandardCharsets.US_ASCII));
                out.write(HexFormat.of().formatHex(blob).getBytes(StandardCharsets.US_ASCII));
                out.write('\n');
            }
        }
        if (psql.waitFor() != 0) {
            throw new IOException("psql ended with " + psql.exitValue());
        }
    }

    /// Lets hint bits, statistics and dirty pages settle, so that two backups in a row read the same bytes.
    private void settle() throws IOException, InterruptedException {
        sql("CHECKPOINT");
    }

    private void start() throws IOException, InterruptedException {
        Path log = home.resolve("server.log");
        server = Processes.keep(Processes.builder(
                        home,
                        List.of(
                                options.postgres().resolve("postgres").toString(),
                                "-D",
                                data.toString(),
                                "-p",
                                "" + port,
                                "-k",
                                home.toString(),
                                "-c",
                                "listen_addresses=127.0.0.1",
                                "-c",
                                "shared_buffers=256MB",
                                "-c",
                                "max_wal_size=4GB",
                                "-c",
                                "checkpoint_timeout=1h",
                                "-c",
                                "autovacuum=off",
                                "-c",
                                "archive_mode=on",
                                "-c",
                                "max_wal_senders=20",
                                "-c",
                                "max_replication_slots=40",
                                "-c",
                                "wal_level=replica"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
        for (int i = 0; i < 600; i++) {
            try {
                sql("SELECT 1");
                archiveWith("true");
                return;
            } catch (IOException notYet) {
                if (!server.isAlive()) {
                    throw notYet;
                }
                // Between two tries of at most 600: a server says that it is ready by answering.
                Thread.sleep(100);
            }
        }
        throw new IOException("the server did not start: " + log);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        System.err.println(changes + " changes of one percent were made");
        Processes.stop(server);
    }
}

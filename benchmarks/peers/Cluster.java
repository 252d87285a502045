package peers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// A PostgreSQL with generated data: pgbench's accounts, compressible documents, random blobs, small tables.
final class Cluster implements AutoCloseable {
    private static final int SMALL_TABLES = 2_000;
    private static final int SCALE_PER_GIGABYTE = 33;
    private static final int DOCUMENTS_PER_GIGABYTE = 110_000;
    private static final int BLOBS_PER_GIGABYTE = 256;
    private static final int BLOB = 1 << 20;
    private static final long SEED = 20_261_122;

    private static final List<String> COMMON = List.of(
            "listen_addresses=127.0.0.1",
            "shared_buffers=256MB",
            "max_wal_size=4GB",
            "checkpoint_timeout=1h",
            "autovacuum=off");
    /// Nothing to recover: a run that dies begins anew.
    private static final List<String> FILLING =
            List.of("wal_level=minimal", "max_wal_senders=0", "archive_mode=off", "fsync=off");

    private static final List<String> SERVING =
            List.of("wal_level=replica", "archive_mode=on", "max_wal_senders=20", "max_replication_slots=40");

    private final Options options;
    private final Path home;
    private final Path data;
    private final int port;
    private final Set<Long> ignored = ConcurrentHashMap.newKeySet();
    private Process server;
    private int changes;

    private Cluster(Options options, Path home, Path data, int port) {
        this.options = options;
        this.home = home;
        this.data = data;
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
        Path data = home.resolve("data");
        Path made = home.resolve("gigabytes");
        if (!Files.exists(made)) {
            // Also what a run left that ended before its cluster was full.
            Processes.run(home, "rm", "-rf", data.toString());
            Cluster cluster = new Cluster(options, home, data, freePort());
            cluster.program("initdb", "-D", data.toString(), "-k", "-N", "-A", "trust", "-U", "postgres");
            cluster.start(FILLING);
            try {
                cluster.fill();
            } finally {
                Processes.stop(cluster.server);
            }
            Processes.run(home, "sync", "-f", data.toString());
            Files.writeString(made, Double.toString(options.size()));
        } else if (Double.parseDouble(Files.readString(made)) != options.size()) {
            throw new IOException("the cluster in " + home + " is one of " + Files.readString(made)
                    + " GB: name another folder by --work, or delete this one");
        }
        Cluster cluster = new Cluster(options, home, data, freePort());
        cluster.start(SERVING);
        // Of an earlier run, whose platform is gone: they would hold back WAL for ever.
        cluster.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
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

    /// What a backup copies, about.
    long bytes() throws IOException {
        return Meter.size(data) - Meter.size(data.resolve("pg_wal"));
    }

    /// A process that is a child of this one, but part of no measurement.
    void ignore(long pid) {
        ignored.add(pid);
    }

    boolean ignores(long pid) {
        return pid == server.pid() || ignored.contains(pid);
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

    /// Where a program of PostgreSQL lies.
    String tool(String name) {
        return options.postgres().resolve(name).toString();
    }

    String program(String name, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = tool(name);
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Processes.run(home, command);
    }

    /// Sets the archive command, which every tool that wants one does; `true` for none.
    void archiveWith(String command) throws IOException, InterruptedException {
        sql("ALTER SYSTEM SET archive_command = '" + command.replace("'", "''") + "'");
        sql("SELECT pg_reload_conf()");
    }

    /// Updates one row in each of as many random pages as are one percent of the cluster, in place (HOT). A row
    /// that an earlier change moved within its page is missed now and then, hence any row and not the first.
    void changeOnePercent() throws IOException, InterruptedException {
        changes++;
        String pages = sql("""
            WITH changed AS (
                UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE ctid = ANY (ARRAY(
                    SELECT format('(%s,%s)', page, 1 + floor(random() * 50))::tid
                      FROM (SELECT DISTINCT floor(random() * pg_relation_size('pgbench_accounts') / 8192) AS page
                              FROM generate_series(1,
                                   (SELECT sum(pg_database_size(oid)) / 8192 / 100 FROM pg_database)::bigint))
                        AS random_pages))
                RETURNING 1)
            SELECT count(*) FROM changed
            """);
        System.err.println(pages + " pages changed");
        settle();
    }

    private void fill() throws IOException, InterruptedException {
        double gigabytes = options.size();
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
                "" + Math.max(1, Math.round(gigabytes * SCALE_PER_GIGABYTE)),
                "postgres");
        // In one transaction, which then needs no WAL for the rows.
        sql("CREATE TABLE documents (id bigint PRIMARY KEY, title text, body text);"
                + " ALTER TABLE documents ALTER body SET STORAGE PLAIN;"
                + " INSERT INTO documents SELECT i, 'document ' || i, repeat('The quick brown fox jumps over the lazy"
                + " dog. ', 12) || md5(i::text) || repeat(' and then ' || md5((i % 1000)::text), 20) FROM"
                + " generate_series(1, " + Math.round(gigabytes * DOCUMENTS_PER_GIGABYTE) + ") AS i");
        copyBlobs(Math.round(gigabytes * BLOBS_PER_GIGABYTE));
        sql("DO $$ BEGIN FOR i IN 1.." + SMALL_TABLES + " LOOP"
                + " EXECUTE format('CREATE TABLE small_%s AS SELECT g AS id, md5(g::text) AS name"
                + " FROM generate_series(1, 50) AS g', i); END LOOP; END $$");
        sql("VACUUM FREEZE");
    }

    private void copyBlobs(long count) throws IOException, InterruptedException {
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
                                "-qX1",
                                "-c",
                                "CREATE TABLE blobs (data bytea)",
                                "-c",
                                "ALTER TABLE blobs ALTER data SET STORAGE EXTERNAL",
                                "-c",
                                "COPY blobs FROM STDIN (FREEZE)",
                                "postgres"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        Random random = new Random(SEED);
        byte[] blob = new byte[BLOB];
        try (OutputStream out = new BufferedOutputStream(psql.getOutputStream(), 1 << 20)) {
            for (long i = 0; i < count; i++) {
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

    private void start(List<String> settings) throws IOException, InterruptedException {
        Path log = home.resolve("server.log");
        List<String> command = new ArrayList<>(List.of(
                options.postgres().resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                "" + port,
                "-k",
                home.toString()));
        Stream.concat(COMMON.stream(), settings.stream()).forEach(setting -> {
            command.add("-c");
            command.add(setting);
        });
        server = Processes.keep(Processes.builder(home, command)
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

package io.walkback.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.testkit.JudgedByPostgresTools;
import io.walkback.testkit.SmallDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What README says about a database of one's own, command by command, and what a DBA gets wrong on the way: `up`,
/// the command line and a PostgreSQL 15 in processes of their own, judged by PostgreSQL's own programs.
@JudgedByPostgresTools({"psql", "pg_ctl", "pg_verifybackup", "pg_amcheck", "pg_checksums"})
class RealInputIT {
    private static final String URL = "postgresql://walkback:choose-one@127.0.0.1:5432/postgres";

    @TempDir
    private static Path directory;

    private static SmallDisk disk;
    private static String repository;
    private static RunningUp up;
    private static Walkback walkback;
    private static OwnServer server;
    private static Readme own;
    private static Readme alone;

    @BeforeAll
    static void startEverything() throws IOException {
        own = Readme.section("Your own PostgreSQL");
        alone = Readme.section("Without any service");
        disk = SmallDisk.mount(directory.resolve("disk"), 800);
        repository = directory.resolve("disk/repository").toString();
        up = new RunningUp(directory, "--repository", repository);
        walkback = up.commandLine();
        server = OwnServer.start(PostgresConfig.of(programs(), directory.resolve("shop")), walkback);
        server.psql(own.sql());
        server.psql(
                "CREATE EXTENSION amcheck",
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT g, repeat('x', 200) FROM generate_series(1, 20000) g");
        said(0, walkback.run(with(own.walkback("databases add"), URL, url("walkback", OwnServer.ROLE_PASSWORD))));
    }

    @AfterAll
    static void stopEverything() {
        server.close();
        int code = up.stop();
        disk.close();
        assertThat(code).as("SIGTERM ends it").isEqualTo(143);
        assertThat(up.pids()).noneMatch(RealInputIT::isAlive);
    }

    private static PostgresPrograms programs() {
        return PostgresPrograms.installed(15)
                .orElseGet(() -> PostgresPrograms.embedded(Parts.fromSystemProperty(), 15));
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static String url(String role, String password) {
        return server.url(role, password);
    }

    /// The command with one argument exchanged, which it must have.
    static String[] with(String[] command, String argument, String other) {
        assertThat(command).contains(argument);
        String[] exchanged = command.clone();
        for (int i = 0; i < exchanged.length; i++) {
            exchanged[i] = exchanged[i].equals(argument) ? other : exchanged[i];
        }
        return exchanged;
    }

    /// With the key that `up` made on its first start.
    private static String[] keyed(String[] command) {
        return with(command, "walkback-data/keys/repository.key", key());
    }

    private static String key() {
        return directory.resolve("data/keys/repository.key").toString();
    }

    static Walkback.Said said(int code, Walkback.Said said) {
        assertThat(said.code()).as(said.all()).isEqualTo(code);
        return said;
    }

    /// A refusal as people need it: exit code, stable code, hint.
    private static Walkback.Said refused(int exit, String code, String... command) {
        Walkback.Said said = said(exit, walkback.run(command));
        assertThat(said.err()).contains(code).contains("hint");
        return said;
    }

    /// The same in JSON.
    private static JsonNode json(String... command) {
        String[] all = new String[command.length + 2];
        all[0] = "--output";
        all[1] = "json";
        System.arraycopy(command, 0, all, 2, command.length);
        return JsonMapper.builder().build().readTree(said(0, walkback.run(all)).out());
    }

    @Test
    void walksBackToAMomentAsReadmeSays() throws IOException {
        // Given
        Walkback.Said check = said(0, walkback.run(own.walkback("databases check")));
        assertThat(check.out())
                .contains("connection", "wal_level", "role", "slot")
                .doesNotContain("failed");
        said(0, walkback.run(own.walkback("backup create")));
        server.psql("INSERT INTO orders VALUES (20001, 'the last good one')");
        String moment = server.psql(
                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC'," + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        server.psql("SELECT pg_sleep(0.05)", "DROP TABLE orders", "SELECT pg_switch_wal()");
        Path copy = directory.resolve("copy");
        // When
        JsonNode restored = json(with(
                with(own.walkback("restore --database shop --target-time"), "/var/tmp/shop", copy.toString()),
                "2026-11-22T03:15:00Z",
                moment));
        // Then
        String socket = restored.at("/result/socket").asString();
        assertThat(server.psql(socket, 5432, "SELECT count(*) || ': ' || min(note) FROM orders"))
                .isEqualTo("20001: the last good one");
        said(0, server.judge("pg_amcheck", "-h", socket, "-p", "5432", "-U", "postgres", "--all", "--heapallindexed"));
        server.stopCopy(copy);
        said(0, server.judge("pg_checksums", "--check", "-D", copy.toString()));
        refused(11, "TARGET_NOT_EMPTY", "restore", "--database", "shop", "--to", copy.toString(), "--wait");
    }

    @Test
    void leavesFilesThatPgVerifybackupAcceptsAndNeedsNoServiceForThem() throws IOException {
        // Given
        said(0, walkback.run(own.walkback("backup create")));
        Path files = directory.resolve("files");
        Path copy = directory.resolve("alone");
        // When
        String[] restore = own.walkback("restore --database shop --to");
        said(0, walkback.run(with(restore, "/var/tmp/shop-files", files.toString())));
        // Then
        assertThat(own.lines()).contains("pg_verifybackup /var/tmp/shop-files");
        said(0, server.judge("pg_verifybackup", files.toString()));
        // When: the repository alone, for a command line that knows no service
        Walkback nothing = walkback.with("WALKBACK_API_URL", "http://127.0.0.1:1");
        String[] local = keyed(with(alone.walkback("restore"), "walkback-data/repository", repository));
        said(0, nothing.run(with(local, "/var/tmp/shop-alone", copy.toString())));
        // Then
        server.stopCopy(copy);
        said(0, server.judge("pg_checksums", "--check", "-D", copy.toString()));
        said(0, nothing.run(keyed(with(alone.walkback("repo verify"), "walkback-data/repository", repository))));
        // And: without its key it gives nothing away
        Path refused = directory.resolve("refused");
        assertThat(said(
                                12,
                                nothing.run(
                                        "restore",
                                        "--from-repository",
                                        repository,
                                        "--database=shop",
                                        "--to",
                                        refused.toString()))
                        .err())
                .contains("KEY_UNAVAILABLE");
        assertThat(refused).doesNotExist();
    }

    @Test // P4
    void dumpsAndTakesTheDumpOutOfTheRepositoryAsItsPageSays() throws IOException {
        server.psql("CREATE TABLE dumped AS SELECT g FROM generate_series(1, 100) g");
        new LogicalPage(walkback, server, repository, key()).follow(directory, "dumped");
    }

    @Test // P4
    void takesOneTableBackAsItsPageSays() throws IOException {
        said(0, walkback.run(own.walkback("backup create")));
        new ExtractPage(walkback, server, repository, key()).follow(directory);
    }

    @Test
    void findsDamageInARepository() throws IOException {
        // Given
        said(0, walkback.run(own.walkback("backup create")));
        Path damaged = directory.resolve("damaged");
        said(0, walkback.execute(List.of("cp", "--archive", repository, damaged.toString()), Map.of()));
        Path pack;
        try (Stream<Path> objects = Files.walk(damaged)) {
            pack = objects.filter(file -> file.toString().contains("/packs/") && Files.isRegularFile(file))
                    .findFirst()
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
            file.seek(file.length() / 2);
            int one = file.read();
            file.seek(file.length() / 2);
            file.write(one ^ 1);
        }
        // When, then
        String[] verify = keyed(with(alone.walkback("repo verify"), "walkback-data/repository", damaged.toString()));
        assertThat(said(20, walkback.run(verify)).out())
                .contains("damaged", damaged.relativize(pack).toString());
    }

    @Test
    void refusesWhatCannotBe() {
        refused(1, "DATABASE_UNKNOWN", "backup", "create", "--database", "nowhere", "--wait");
        refused(1, "DATABASE_UNKNOWN", "databases", "check", "nowhere");
        String to = directory.resolve("never").toString();
        refused(
                2,
                "REQUEST_INVALID",
                "restore",
                "--database",
                "shop",
                "--target-time",
                "2026-11-22T03:15:00",
                "--to",
                to);
        said(0, walkback.run(own.walkback("backup create")));
        assertThat(refused(
                                21,
                                "TARGET_UNREACHABLE",
                                "restore",
                                "--database",
                                "shop",
                                "--target-time",
                                "2001-01-01T00:00:00Z",
                                "--to",
                                to,
                                "--wait")
                        .err())
                .contains("2001-01-01T00:00:00Z");
        assertThat(Path.of(to)).doesNotExist();
    }

    @Test
    void saysHowToMendALogin() {
        // Given
        server.psql("CREATE ROLE plain LOGIN PASSWORD 'plain'");
        said(0, walkback.run("databases", "add", "guess", "--url", url("walkback", "wrong")));
        said(0, walkback.run("databases", "add", "plain", "--url", url("plain", "plain")));
        // When, then
        assertThat(said(1, walkback.run("databases", "check", "guess")).out()).contains("failed    connection");
        refused(12, "POSTGRES_AUTHENTICATION", "backup", "create", "--database", "guess", "--wait");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> said(0, walkback.run("alerts", "list")).out().contains("backup-failed:guess"));
        assertThat(said(1, walkback.run("databases", "check", "plain")).out())
                .contains("failed    role", "ALTER ROLE plain REPLICATION;");
        refused(1, "POSTGRES_PRIVILEGE", "backup", "create", "--database", "plain", "--wait");
        // And: once it is mended, the next one passes
        server.psql(
                "ALTER ROLE plain REPLICATION",
                "GRANT pg_monitor, pg_read_all_data TO plain",
                "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO plain");
        said(0, walkback.run("backup", "create", "--database", "plain", "--wait"));
    }

    @Test // P10
    void releasesCommitsWithoutAnyServiceAndBringsTheRecordLater() {
        new WorstNight(walkback, server).release(directory.resolve("config/walkback/releases/shop"));
    }

    @Test
    void refusesAServerThatWritesTooLittleWal() {
        PostgresConfig config = PostgresConfig.of(programs(), directory.resolve("minimal"))
                .withSetting("wal_level", "minimal")
                .withSetting("max_wal_senders", "0");
        try (OwnServer minimal = OwnServer.start(config, walkback)) {
            minimal.psql(own.sql());
            said(
                    0,
                    walkback.run(
                            "databases", "add", "minimal", "--url", minimal.url("walkback", OwnServer.ROLE_PASSWORD)));
            assertThat(said(1, walkback.run("databases", "check", "minimal")).out())
                    .contains("failed    wal_level", "ALTER SYSTEM SET wal_level = 'replica';");
            refused(1, "POSTGRES_SETTING", "backup", "create", "--database", "minimal", "--wait");
        }
    }

    @Test
    void refusesAServerOfAMajorVersionThatItDoesNotKnow() {
        PostgresPrograms old = PostgresPrograms.embedded(Parts.at(Path.of("target/old-parts")), 13);
        try (OwnServer thirteen = OwnServer.start(PostgresConfig.of(old, directory.resolve("old")), walkback)) {
            thirteen.psql(own.sql()[0]);
            said(
                    0,
                    walkback.run(
                            "databases", "add", "old", "--url", thirteen.url("walkback", OwnServer.ROLE_PASSWORD)));
            assertThat(said(1, walkback.run("databases", "check", "old")).out()).contains("13");
            refused(1, "POSTGRES_VERSION", "backup", "create", "--database", "old", "--wait");
        }
    }

    @Test
    void backsUpOverTlsWithTheServersCertificateVerified() throws IOException {
        // Given
        Path certificate = directory.resolve("server.pem");
        Path key = directory.resolve("server.key");
        said(
                0,
                walkback.execute(
                        List.of(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=walkback",
                                "-addext",
                                "subjectAltName=IP:127.0.0.1",
                                "-keyout",
                                key.toString(),
                                "-out",
                                certificate.toString()),
                        Map.of()));
        PostgresConfig config = PostgresConfig.of(programs(), directory.resolve("tls"));
        try (OwnServer tls = OwnServer.start(config, walkback)) {
            tls.server().stop();
            tls.server().secureWith(certificate, key);
            Path rules = tls.server().dataDirectory().resolve("pg_hba.conf");
            Files.writeString(rules, Files.readString(rules).replaceAll("(?m)^host ", "hostssl "));
            tls.server().start();
            tls.psql(own.sql());
            String url = tls.url("walkback", OwnServer.ROLE_PASSWORD);
            // When, then
            said(0, walkback.run("databases", "add", "tls", "--url", url + "?sslmode=disable"));
            assertThat(said(1, walkback.run("databases", "check", "tls")).out()).contains("failed    connection");
            said(
                    0,
                    walkback.run(
                            "databases",
                            "add",
                            "tls",
                            "--url",
                            url + "?sslmode=verify-full&sslrootcert=" + certificate));
            said(0, walkback.run("databases", "check", "tls"));
            said(0, walkback.run("backup", "create", "--database", "tls", "--wait"));
        }
    }

    @Test // F32
    void saysThatTheDiskIsFullAndGoesOnOnceThereIsSpace() throws IOException {
        disk.assumeItIsSmall();
        // Given
        said(0, walkback.run(own.walkback("backup create")));
        server.psql("CREATE TABLE late AS SELECT g, md5(g::text) AS filler FROM generate_series(1, 200000) g");
        // When
        try (SmallDisk.Ballast _ = disk.fill()) {
            refused(1, "STORE_FULL", own.walkback("backup create"));
            String to = directory.resolve("disk/copy").toString();
            refused(1, "TARGET_SPACE", "restore", "--database", "shop", "--to", to, "--wait");
        }
        // Then
        said(0, walkback.run(own.walkback("backup create")));
        said(0, walkback.run("repo", "verify", repository, "--database", "shop", "--key-file", key()));
    }

    @Test
    void goesOnAfterItsBrokerWasKilled() {
        // Given
        assertThat(ProcessHandle.of(up.pid("broker")).orElseThrow().destroyForcibly())
                .isTrue();
        // When, then: a request that nobody took is told so, and the same one again is done once the broker is back
        String[] create = {"backup", "create", "--database", "shop", "--backup-id", "after-the-broker", "--wait"};
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            Walkback.Said said = walkback.run(create);
            assertThat(said.code()).as(said.all()).isIn(0, 75);
            return said.code() == 0;
        });
        assertThat(json("backup", "list", "--database", "shop")).isNotEmpty();
    }
}

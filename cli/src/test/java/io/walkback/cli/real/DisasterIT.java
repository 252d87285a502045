package io.walkback.cli.real;

import static io.walkback.cli.real.RealInputIT.said;
import static io.walkback.cli.real.RealInputIT.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.testkit.JudgedByPostgresTools;
import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Makes the disasters of docs/runbooks and follows their pages, command by command. What was there before is
/// compared row by row with what comes back, and the measured time is printed beside the page's objective.
@JudgedByPostgresTools({"psql", "pg_ctl", "pg_dump", "pg_restore", "pg_amcheck"})
class DisasterIT {
    private static final String ROWS =
            "SELECT count(*) || ' ' || md5(string_agg(id || note, ',' ORDER BY id)) FROM orders";
    private static final String MOMENT = "2026-11-22T03:15:00Z";

    @TempDir
    private static Path directory;

    private static RunningUp up;
    private static Walkback walkback;

    @BeforeAll
    static void startThePlatform() {
        up = new RunningUp(directory);
        walkback = up.commandLine();
    }

    @AfterAll
    static void stopThePlatform() {
        up.close();
    }

    /// A server with orders, registered and backed up.
    private static OwnServer protectedAs(String name) {
        PostgresPrograms programs = PostgresPrograms.installed(15).orElseThrow();
        OwnServer server = OwnServer.start(PostgresConfig.of(programs, directory.resolve(name)), walkback);
        server.psql(
                "CREATE ROLE walkback LOGIN REPLICATION PASSWORD '" + OwnServer.ROLE_PASSWORD + "'",
                "GRANT pg_monitor, pg_read_all_data TO walkback",
                "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO walkback",
                "CREATE EXTENSION amcheck",
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT g, md5(g::text) FROM generate_series(1, 20000) g");
        said(0, walkback.run("databases", "add", name, "--url", server.url("walkback", OwnServer.ROLE_PASSWORD)));
        said(0, walkback.run("backup", "create", "--database", name, "--wait"));
        server.psql("INSERT INTO orders SELECT g, md5(g::text) FROM generate_series(20001, 30000) g");
        return server;
    }

    private static String[] command(String page, String beginning) throws IOException {
        return Readme.section("docs/runbooks/" + page, "Do").walkback(beginning);
    }

    private static JsonNode json(Walkback at, String... command) {
        String[] all = new String[command.length + 2];
        all[0] = "--output";
        all[1] = "json";
        System.arraycopy(command, 0, all, 2, command.length);
        return JsonMapper.builder().build().readTree(said(0, at.run(all)).out());
    }

    /// The objective that the page states, beside what it took.
    private static void inTime(String page, long begunNanos) throws IOException {
        String text = Files.readString(
                Path.of(Objects.requireNonNull(System.getProperty("walkback.root")), "docs/runbooks", page));
        Matcher stated = Pattern.compile("\\*\\*Objective: (\\d+) minutes").matcher(text);
        assertThat(stated.find()).as("%s states an objective", page).isTrue();
        Duration objective = Duration.ofMinutes(Long.parseLong(stated.group(1)));
        Duration took = Duration.ofNanos(System.nanoTime() - begunNanos);
        // Whoever reads the build's log is to see what a rehearsal took.
        System.out.printf("%s: objective %d s, measured %.1f s%n", page, objective.toSeconds(), took.toMillis() / 1e3);
        assertThat(took).isLessThan(objective);
    }

    @Test // P4
    void whatWasDeletedComesBackBesideWhatWasWrittenSince() throws IOException {
        String page = "disaster-deletion.md";
        try (OwnServer server = protectedAs("deleted")) {
            // Given
            String before = server.psql(ROWS);
            String moment = server.psql(
                    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC'," + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
            server.psql(
                    "SELECT pg_sleep(0.05)",
                    "DROP TABLE orders",
                    "CREATE TABLE sales AS SELECT g FROM generate_series(1, 100) g",
                    "SELECT pg_switch_wal()");
            long begun = System.nanoTime();
            // When
            Path copy = directory.resolve("before");
            String[] restore = with(command(page, "restore"), "/var/tmp/shop-before", copy.toString());
            JsonNode restored = json(walkback, with(with(restore, "shop", "deleted"), MOMENT, moment));
            String socket = restored.at("/result/socket").asString();
            assertThat(said(0, walkback.run(with(with(command(page, "window"), "shop", "deleted"), MOMENT, moment)))
                            .out())
                    .isNotBlank();
            Path dump = directory.resolve("orders.dump");
            said(
                    0,
                    tool(
                            "pg_dump",
                            "-h",
                            socket,
                            "-p",
                            "5432",
                            "-U",
                            "postgres",
                            "--table=public.orders",
                            "--format=custom",
                            "--file=" + dump,
                            "postgres"));
            said(
                    0,
                    tool(
                            "pg_restore",
                            "-h",
                            "127.0.0.1",
                            "-p",
                            "" + server.server().port(),
                            "-U",
                            "postgres",
                            "--exit-on-error",
                            "--dbname=postgres",
                            dump.toString()));
            // Then
            assertThat(server.psql(ROWS)).isEqualTo(before);
            assertThat(server.psql("SELECT count(*) FROM sales")).isEqualTo("100");
            inTime(page, begun);
            server.stopCopy(copy);
        }
    }

    private static Walkback.Said tool(String program, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(PostgresTools.require(program).toString()));
        command.addAll(List.of(arguments));
        return walkback.execute(command, Map.of("PGPASSWORD", OwnServer.SUPERUSER_PASSWORD));
    }

    @Test // P4
    void aServerThatIsGoneWithItsDiskComesBackFromTheSecondPlaceWithoutThePlatform() throws IOException {
        String page = "disaster-complete-loss.md";
        OwnServer server = protectedAs("lost");
        String before;
        try (server) {
            before = server.psql(ROWS);
            // In order, so that all of its WAL is sent; what a crash may lose is for the tests of reception.
            server.server().stop();
        }
        Path second = directory.resolve("second");
        Path repository = directory.resolve("data/repository");
        said(
                0,
                walkback.run(
                        "repo",
                        "copy",
                        repository.toUri().toString(),
                        second.toUri().toString(),
                        "--key-file",
                        directory.resolve("data/keys/repository.key").toString()));
        // Given: server and disk are gone
        said(0, walkback.execute(List.of("rm", "-r", directory.resolve("lost").toString()), Map.of()));
        long begun = System.nanoTime();
        // When
        Path copy = directory.resolve("found");
        String[] restore = with(command(page, "restore --database"), "/srv/shop", copy.toString());
        String socket = json(walkback, with(restore, "shop", "lost"))
                .at("/result/socket")
                .asString();
        // Then
        whole(server, socket, copy, before);
        inTime(page, begun);
        // And: nothing is asked but the second place and the key
        page = "disaster-provider-outage.md";
        begun = System.nanoTime();
        Walkback alone = walkback.with("WALKBACK_API_URL", "http://127.0.0.1:1");
        Path other = directory.resolve("elsewhere");
        said(0, alone.run(placed(command(page, "repo verify"), second)));
        restore = with(placed(command(page, "restore"), second), "/srv/shop", other.toString());
        socket = json(alone, with(restore, "shop", "lost")).at("/socket").asString();
        whole(server, socket, other, before);
        inTime(page, begun);
    }

    private static String[] placed(String[] command, Path repository) {
        String key = directory.resolve("data/keys/repository.key").toString();
        return with(with(command, "URL", repository.toUri().toString()), "FILE", key);
    }

    private static void whole(OwnServer server, String socket, Path copy, String before) throws IOException {
        said(0, tool("pg_amcheck", "-h", socket, "-p", "5432", "-U", "postgres", "--all", "--heapallindexed"));
        assertThat(server.psql(socket, 5432, ROWS)).isEqualTo(before);
        server.stopCopy(copy);
    }
}

package io.walkback.cli.real;

import static io.walkback.cli.real.RealInputIT.said;
import static io.walkback.cli.real.RealInputIT.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The commands of docs/extract.md, one after the other.
///
/// @param repository that `up` writes to
/// @param key        its key file
record ExtractPage(Walkback walkback, OwnServer server, String repository, String key) {
    private static final String PAGE = "docs/extract.md";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Deletes rows of a table, and takes them back out of the repository: into a file, and beside the table.
    void follow(Path directory) throws IOException {
        // Given
        server.psql(
                "CREATE TABLE \"Lost; it's\" (id int PRIMARY KEY, note text)",
                "INSERT INTO \"Lost; it's\" SELECT g, 'note ' || g FROM generate_series(1, 1000) g");
        String moment = server.psql(
                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        server.psql(
                "SELECT pg_sleep(0.05)",
                "DELETE FROM \"Lost; it's\" WHERE id > 900",
                "UPDATE \"Lost; it's\" SET note = 'changed' WHERE id = 7",
                "SELECT pg_switch_wal()");
        Walkback alone = walkback.with("WALKBACK_API_URL", "http://127.0.0.1:1")
                .with("WALKBACK_SCRATCH", directory.resolve("scratch").toString());
        Readme intoFile = Readme.section(PAGE, "Into a file");
        Readme beside = Readme.section(PAGE, "Beside the live table");
        Path file = directory.resolve("lost.dump");
        String[] toFile = with(of(intoFile.walkback("extract"), moment), "/var/tmp/orders.dump", file.toString());
        // When the repository has the moment
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> said(0, alone.run(toFile)));
        String password = server.passwordFile(directory).toString();
        String[] compare = toServer(of(command(beside, "--compare-only"), moment), password);
        String[] write = toServer(of(command(beside, "--yes"), moment), password);
        Walkback.Said compared = said(0, alone.run(compare));
        String[] unasked = Arrays.copyOf(write, write.length - 1);
        Walkback.Said refused = said(30, alone.run(unasked));
        Walkback.Said written = said(0, alone.run(write));
        // Then
        assertThat(listed(file)).contains("TABLE DATA public Lost; it's");
        assertThat(said(11, alone.run(toFile)).err()).contains("TARGET_NOT_EMPTY");
        assertThat(compared.out())
                .containsPattern("onlyInCopy +100\\n")
                .containsPattern("onlyInLive +0\\n")
                .containsPattern("differing +1\\n")
                .contains("~7");
        assertThat(refused.err()).contains("onlyInCopy: 100", "Nothing was changed");
        assertThat(written.out()).containsPattern("rows +1000\\n");
        String made = server.psql(
                "SELECT relname FROM pg_class WHERE relname LIKE 'Lost; it''s\\_restored\\_%' AND relkind = 'r'");
        assertThat(server.psql(
                        "SELECT count(*) || ' ' || count(*) FILTER (WHERE note = 'note ' || id) FROM \"" + made + "\""))
                .isEqualTo("1000 1000");
        assertThat(server.psql("SELECT count(*) FROM \"Lost; it's\"")).isEqualTo("900");
        assertThat(directory.resolve("scratch")).isEmptyDirectory();
        assertThat(compared.all() + refused.all() + written.all()).doesNotContain(OwnServer.SUPERUSER_PASSWORD);
    }

    /// The one whose last word this is.
    private static String[] command(Readme section, String last) {
        return section.lines().stream()
                .filter(line -> line.startsWith("./walkback extract ") && line.endsWith(" " + last))
                .findFirst()
                .orElseThrow()
                .substring("./walkback ".length())
                .split(" +");
    }

    private String[] of(String[] command, String moment) {
        String[] ours = with(with(with(command, "URL", repository), "FILE", key), "TIME", moment);
        return with(with(ours, "orders", "postgres"), "public.orders", "public.\"Lost; it's\"");
    }

    private String[] toServer(String[] command, String password) {
        String[] ours = with(command, "postgresql://postgres@db1:5432/orders", server.url("postgres"));
        return with(ours, "PASSWORD-FILE", password);
    }

    private String listed(Path archive) {
        assertThat(archive).satisfies(file -> assertThat(Files.getPosixFilePermissions(file))
                .hasSize(2));
        List<String> list = List.of(
                PostgresTools.require("pg_dump").resolveSibling("pg_restore").toString(), "--list", archive.toString());
        return said(0, walkback.execute(list, Map.of())).out();
    }
}

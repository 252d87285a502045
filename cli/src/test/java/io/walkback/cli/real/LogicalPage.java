package io.walkback.cli.real;

import static io.walkback.cli.real.RealInputIT.said;
import static io.walkback.cli.real.RealInputIT.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.testkit.PostgresTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The commands of docs/logical-backups.md, one after the other.
///
/// @param server     of the user
/// @param repository that `up` writes to
/// @param key        its key file
record LogicalPage(Walkback walkback, OwnServer server, String repository, String key) {
    private static final String PAGE = "docs/logical-backups.md";

    /// Takes a logical backup of the database `shop`, which has this table, takes it out into a folder below
    /// `directory`, and restores it into the dbname `it's a copy` of the same server.
    void follow(Path directory, String table) throws IOException {
        Path target = directory.resolve("dump");
        // Given
        Readme taking = Readme.section(PAGE, "Taking one");
        Readme getting = Readme.section(PAGE, "Getting it out");
        said(0, walkback.run(taking.walkback("backup create --database shop --type logical --wait")));
        String id = said(0, walkback.run(taking.walkback("backup list")))
                .out()
                .lines()
                .filter(line -> line.contains(" logical "))
                .map(line -> line.split(" +", -1)[0])
                .findFirst()
                .orElseThrow();
        // When: the service shows and verifies it, and the repository and its key alone give it back
        JsonNode shown = JsonMapper.builder()
                .build()
                .readTree(said(0, walkback.run(with(taking.walkback("backup show"), "ID", id)))
                        .out());
        said(0, walkback.run(with(taking.walkback("backup verify"), "ID", id)));
        String[] restore = with(with(getting.walkback("restore"), "URL", repository), "FILE", key);
        said(
                0,
                walkback.with("WALKBACK_API_URL", "http://127.0.0.1:1")
                        .run(with(with(restore, "ID", id), "/var/tmp/shop-dump", target.toString())));
        // Then
        assertThat(shown.at("/type").asString()).isEqualTo("logical");
        assertThat(shown.at("/state").asString()).isEqualTo("COMPLETED");
        assertThat(shown.at("/digest").asString()).startsWith("sha256:");
        assertThat(target.resolve("globals.sql")).content().contains("CREATE ROLE walkback");
        assertThat(listed(target)).contains("TABLE DATA public " + table);
        into(id, server.passwordFile(directory));
    }

    private void into(String id, Path passwordFile) throws IOException {
        String[] restore = Readme.section(PAGE, "Into a running server").walkback("restore");
        restore = with(with(with(restore, "URL", repository), "FILE", key), "ID", id);
        restore = with(with(restore, "orders", "postgres"), "PASSWORD-FILE", passwordFile.toString());
        restore = with(restore, "postgresql://postgres@db2:5432/orders_copy", server.url("it%27s%20a%20copy"));
        String said = said(
                        0,
                        walkback.with("WALKBACK_API_URL", "http://127.0.0.1:1").run(restore))
                .out();
        assertThat(said).contains("it's a copy").containsPattern("new +true");
        assertThat(server.psql("SELECT datname FROM pg_database WHERE datname LIKE '% copy'"))
                .isEqualTo("it's a copy");
        server.psql("DROP DATABASE \"it's a copy\"");
    }

    /// What `pg_restore` lists of the archives of all dbnames.
    private String listed(Path target) throws IOException {
        List<Path> archives;
        try (Stream<Path> files = Files.list(target.resolve("dbnames"))) {
            archives = files.sorted().toList();
        }
        StringBuilder all = new StringBuilder();
        for (Path archive : archives) {
            List<String> list = List.of(PostgresTools.require("pg_restore").toString(), "--list", archive.toString());
            all.append(said(0, walkback.execute(list, Map.of())).out());
        }
        return all.toString();
    }
}

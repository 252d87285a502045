package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CatalogCommandTest {
    private static final String REBUILD = "/api/catalog/rebuild";
    private static final String WAL = "/api/recoverability/shop/rebuild";

    private static String page(String databases, String items, String next) {
        return """
            {"repository": "file:///srv/backups", "dryRun": false, "databases": [%s], "items": [%s], "next": %s}
            """.formatted(databases, items, next);
    }

    private static String row(String backup, String outcome, String reason) {
        return """
            {"database": "shop", "backupId": %s, "outcome": "%s", "reason": "%s"}
            """.formatted(backup, outcome, reason);
    }

    @Test
    void goesThroughAllPagesAndEndsWith3WhenABackupCannotBeRead() {
        try (StubApi api = new StubApi()) {
            // Given
            api.answer(
                    "POST",
                    REBUILD,
                    200,
                    page(
                            "{\"name\": \"shop\", \"systemIdentifiers\": [\"7\", \"8\"], \"registered\": false}",
                            row("\"b1\"", "RESTORED", "COMPLETED") + "," + row("\"b2\"", "KNOWN", "FAILED"),
                            "\"shop/0/b2\""));
            api.answer(
                    "POST",
                    REBUILD,
                    200,
                    page("", row("null", "UNREADABLE", "object 'shop/lineages/00000001' is damaged"), "null"));
            api.answer(
                    "POST", WAL, 200, "{\"dryRun\": false, \"segments\": 200, \"next\": \"0000000100000000000000C8\"}");
            api.answer("POST", WAL, 200, "{\"dryRun\": false, \"segments\": 3, \"next\": null}");
            // When
            Run run = Run.of(api, "catalog", "rebuild", "--repository", "/srv/backups", "--database", "shop");
            // Then
            assertThat(run.code()).as(run.all()).isEqualTo(3);
            assertThat(run.out())
                    .contains("b1", "restored", "COMPLETED", "b2", "known", "unreadable", "shop/lineages/00000001");
            assertThat(run.err())
                    .contains(
                            "1 restored, 1 known, 1 unreadable; 203 wal segments indexed",
                            "database 'shop', cluster 8, is not registered");
            assertThat(api.asked())
                    .extracting(StubApi.Asked::body)
                    .satisfiesExactly(
                            first -> assertThat(first)
                                    .contains("file:///srv/backups", "\"dryRun\":false", "\"after\":null"),
                            second -> assertThat(second).contains("\"after\":\"shop/0/b2\""),
                            wal -> assertThat(wal).contains("\"after\":null", "\"dryRun\":false"),
                            wal -> assertThat(wal).contains("\"after\":\"0000000100000000000000C8\""));
        }
    }

    @Test
    void saysWhatItWouldDo() {
        try (StubApi api = new StubApi()) {
            // Given
            api.answer("POST", REBUILD, 200, page("", row("\"b1\"", "RESTORED", "COMPLETED"), "null"));
            // When
            Run run = Run.of(api, "--output", "json", "catalog", "rebuild", "--dry-run");
            // Then
            assertThat(run.code()).as(run.all()).isZero();
            assertThat(run.out()).startsWith("[").contains("\"outcome\"", "RESTORED");
            assertThat(run.err()).contains("1 would be restored, 0 known, 0 unreadable");
            assertThat(api.asked()).singleElement().satisfies(asked -> assertThat(asked.body())
                    .contains("\"dryRun\":true", "\"repository\":null"));
        }
    }
}

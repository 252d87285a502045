package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.postgres.setup.ArchiveWrapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalCommandTest {
    private static final String PUSHED =
            Bodies.DATABASE.replace("\"streamWal\": true", "\"streamWal\": false, \"pushWal\": true");
    private static final String TOKEN = "Zq0-ofrandomletters_43";

    @TempDir
    Path folder;

    private final StubApi api = new StubApi();

    @AfterEach
    void stop() {
        api.close();
    }

    private Path tokenFile() {
        return folder.resolve("walkback/secrets/shop.push");
    }

    private StubApi issuing() {
        return api.answer(
                "POST",
                "/api/databases/shop/push-token",
                200,
                "{\"database\": \"shop\", \"token\": \"" + TOKEN + "\"}");
    }

    @Test // P11
    void databasesAddPrintsTheExactLinesAndKeepsTheTokenInAFile() throws Exception {
        // Given
        api.answer("POST", "/api/databases", 201, PUSHED);
        issuing();
        // When
        Run run = Run.with(
                api,
                folder,
                "databases",
                "add",
                "shop",
                "--url=postgresql://walkback@10.0.0.5/shop",
                "--password-env=PW",
                "--wal=push",
                "--push-url=https://worker.example:8432/");
        // Then
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(api.asked().getFirst().body())
                .contains("\"streamWal\":false")
                .contains("\"pushWal\":true");
        assertThat(run.out())
                .contains("install -o postgres -g postgres -m 0600 '" + tokenFile() + "' /etc/walkback/shop.push\n")
                .contains("cat > /usr/local/bin/walkback-archive <<'WALKBACK'\n" + ArchiveWrapper.script()
                        + "WALKBACK\nchmod 0755 /usr/local/bin/walkback-archive\n")
                .contains("archive_command = /usr/local/bin/walkback-archive https://worker.example:8432/wal/shop"
                        + " /etc/walkback/shop.push \"%p\" \"%f\"\n");
        assertThat(run.all()).doesNotContain(TOKEN);
        assertThat(Files.readString(tokenFile())).isEqualTo("header = \"Authorization: Bearer " + TOKEN + "\"\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile())))
                .isEqualTo("rw-------");
    }

    @Test
    void theSameLinesComeAgainWithoutANewToken() throws Exception {
        // Given
        api.answer(
                "GET",
                "/api/databases/shop",
                200,
                PUSHED.replace("\"managedBy\": \"api\"", "\"managedBy\": \"api\", \"pushTokenIssued\": true"));
        // When
        Run run = Run.with(api, folder, "wal", "setup", "shop");
        Run json = Run.with(api, folder, "--output=json", "wal", "setup", "shop");
        // Then
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("walkback wal token shop")
                .contains("http://127.0.0.1:8432/wal/shop /etc/walkback/shop.push");
        assertThat(json.out()).contains("\"archiveCommand\"").contains("\"wrapper\"");
        assertThat(api.asked()).allMatch(asked -> asked.method().equals("GET"));
        assertThat(tokenFile()).doesNotExist();
    }

    @Test
    void walTokenReplacesTheTokenInItsFile() throws Exception {
        // Given
        issuing()
                .answer(
                        "GET",
                        "/api/databases/shop",
                        200,
                        PUSHED.replace("\"managedBy\"", "\"pushTokenIssued\": true, \"managedBy\""));
        Files.createDirectories(tokenFile().getParent());
        Files.writeString(tokenFile(), "old");
        // When
        Run run = Run.with(api, folder, "wal", "token", "shop");
        // Then
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Files.readString(tokenFile())).contains(TOKEN);
        assertThat(run.all()).doesNotContain(TOKEN).contains("it is in this file here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wal setup shop --apply",
                "wal setup shop --undo",
                "wal setup shop --apply --undo --admin-url=postgresql://postgres@127.0.0.1/postgres",
                "wal setup shop --push-url=http://user:hush@127.0.0.1",
                "wal setup shop --push-url=ftp://127.0.0.1",
                "wal setup SHOP",
                "wal release-sync shop",
                "wal release-sync SHOP --admin-url=postgresql://postgres@127.0.0.1/postgres",
                "wal release-sync shop --admin-url=postgresql://postgres:hush@127.0.0.1/postgres",
                "wal token"
            })
    void aLineThatSaysTooLittleOrTooMuchIsRefusedBeforeAnythingIsAsked(String line) {
        Run run = Run.with(api, folder, line.split(" "));
        assertThat(run.code()).as(run.all()).isEqualTo(2);
        assertThat(run.all()).doesNotContain("hush");
        assertThat(api.asked()).isEmpty();
    }

    @Test // P11
    void aPasswordInTheAdministratorsUrlIsRefused() {
        api.answer("GET", "/api/databases/shop", 200, PUSHED);
        Run run = Run.with(
                api, folder, "wal", "setup", "shop", "--admin-url=postgresql://postgres:hidden@127.0.0.1/postgres");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.all()).contains("--admin-password").doesNotContain("hidden");
    }

    @Test
    void aStreamedDatabaseHasNoLinesForItsHost() {
        api.answer("GET", "/api/databases/shop", 200, Bodies.DATABASE);
        Run streamed = Run.with(api, folder, "wal", "setup", "shop");
        assertThat(streamed.code()).isEqualTo(2);
        assertThat(streamed.err()).contains("--admin-url");
        Run pushed = Run.with(api, folder, "wal", "setup", "shop", "--mode=push");
        assertThat(pushed.code()).isEqualTo(2);
        assertThat(pushed.err()).contains("--wal push");
    }
}

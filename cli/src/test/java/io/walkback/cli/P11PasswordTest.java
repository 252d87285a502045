package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// P11: a password that somebody gives on the command line is neither sent nor printed.
class P11PasswordTest {
    private static final String PASSWORD = "hunter2-and-more";
    private static final String URL = "postgresql://walkback:" + PASSWORD + "@10.0.0.5:5433/shop?sslmode=require";

    private final StubApi api = new StubApi();

    @TempDir
    private Path configuration;

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void keepsThePasswordOfAUrlInAFileOfTheUsersOwnAndSendsItsName() throws IOException {
        // Given
        api.answer("POST", "/api/databases", 201, Bodies.DATABASE);
        // When
        Run run = Run.with(
                api,
                configuration,
                "databases",
                "add",
                "shop",
                "--url",
                URL,
                "--label",
                "tier=gold",
                "--cron",
                "0 0 3 * * *");
        // Then
        Path file = configuration.resolve("walkback/secrets/shop");
        assertThat(run.code()).isZero();
        assertThat(Files.readString(file)).isEqualTo(PASSWORD);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(api.asked()).singleElement().satisfies(asked -> assertThat(asked.body())
                .contains("\"passwordRef\":\"file:" + file + "\"", "\"host\":\"10.0.0.5\"", "\"port\":5433")
                .contains("\"sslMode\":\"require\"", "\"tier\":\"gold\"", "\"cron\":\"0 0 3 * * *\""));
        assertThat(api.asked().toString()).doesNotContain(PASSWORD);
        assertThat(run.all()).doesNotContain(PASSWORD).contains(file.toString());
    }

    @Test
    void leavesNoFileBehindWhenTheServiceRefuses() throws IOException {
        // Given
        api.answer("POST", "/api/databases", 409, Bodies.problem(409, "REQUEST_CONFLICT"));
        // When
        Run run = Run.with(api, configuration, "databases", "add", "shop", "--url", URL);
        // Then
        assertThat(run.code()).isEqualTo(11);
        try (Stream<Path> files = Files.walk(configuration)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
        assertThat(run.all()).doesNotContain(PASSWORD);
    }

    @Test
    void keepsTheOldPasswordWhenANewOneIsRefused() throws IOException {
        // Given
        api.answer("POST", "/api/databases", 201, Bodies.DATABASE);
        api.answer("POST", "/api/databases", 409, Bodies.problem(409, "REQUEST_CONFLICT"));
        Run.with(api, configuration, "databases", "add", "shop", "--url", URL);
        // When
        Run.with(api, configuration, "databases", "add", "shop", "--url", URL.replace(PASSWORD, "other"));
        // Then
        assertThat(configuration.resolve("walkback/secrets/shop")).hasContent(PASSWORD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "databases add shop --urll URL",
                "databases add shop URL",
                "databases add URL --url x",
                "databases add shop --url URL --password-env PW",
                "databases add shop --url URL&nonsense=1",
                "databases add shop --url URL%zz",
                "databases add ../../etc/shop --url URL",
                "backup list URL",
                "restore --database URL --to x --target-time URL",
                "repo init s3:URL",
                "URL",
                "--output URL databases list",
                "databases list --api-url URL",
            })
    void printsNoPasswordWhateverIsWrongWithTheCommand(String line) throws IOException {
        // When
        String[] args = line.replace("URL", URL).split(" ", -1);
        Run run = Run.with(api, configuration, args);
        // Then
        assertThat(run.code()).isNotZero();
        assertThat(run.all()).doesNotContain(PASSWORD);
        assertThat(api.asked())
                .noneSatisfy(asked -> assertThat(asked.toString()).contains(PASSWORD));
    }

    @Test
    void registersReferencesAsTheyAreGiven() {
        // Given
        api.answer("POST", "/api/databases", 201, Bodies.DATABASE);
        String url = "postgresql://walkback@10.0.0.5/shop";
        // When
        Run.with(api, configuration, "databases", "add", "shop", "--url", url, "--password-env", "SHOP_PW");
        Run.with(api, configuration, "databases", "add", "shop", "--url", url, "--password-file", "/etc/shop.pw");
        Run.with(api, configuration, "databases", "add", "shop", "--url", url);
        // Then
        assertThat(api.asked().get(0).body()).contains("\"passwordRef\":\"env:SHOP_PW\"");
        assertThat(api.asked().get(1).body()).contains("\"passwordRef\":\"file:/etc/shop.pw\"");
        assertThat(api.asked().get(2).body()).contains("\"passwordRef\":null");
    }

    @Test
    void refusesWhatItCouldNotRegister() {
        String url = "postgresql://walkback@10.0.0.5/shop";
        assertThat(Run.with(api, configuration, "databases", "add", "shop", "--url", url, "--password-env", "a b")
                        .code())
                .isEqualTo(2);
        assertThat(Run.with(api, configuration, "databases", "add", "shop", "--url", url + "?sslcert=/c.pem")
                        .code())
                .isEqualTo(2);
        assertThat(Run.with(api, configuration, "databases", "add", "Shop", "--url", url)
                        .code())
                .isEqualTo(2);
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void saysWhereAPasswordCannotBeKept() throws IOException {
        // Given a file where the folder should be
        Files.writeString(configuration.resolve("walkback"), "");
        // When
        Run run = Run.with(api, configuration, "databases", "add", "shop", "--url", URL);
        // Then
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("error CONFIGURATION").doesNotContain(PASSWORD);
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void usesTheHomeFolderWhereXdgIsNotSet() {
        // Given
        api.answer("POST", "/api/databases", 201, Bodies.DATABASE);
        // When
        Run.of(
                Map.of("WALKBACK_API_URL", api.url().toString(), "HOME", configuration.toString()),
                "",
                false,
                "databases",
                "add",
                "shop",
                "--url",
                URL);
        // Then
        assertThat(configuration.resolve(".config/walkback/secrets/shop")).hasContent(PASSWORD);
    }
}

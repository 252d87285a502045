package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.testkit.s3.FakeS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryCommandTest {
    @TempDir
    private Path folder;

    private static Run run(String... args) {
        return Run.of(Map.of(), "", false, args);
    }

    @Test
    void makesARepositoryOnceAndFindsItAfterwards() {
        // When
        Run first = run("repo", "init", folder.resolve("repo").toString());
        Run second = run("repo", "init", folder.resolve("repo").toUri().toString());
        // Then
        assertThat(first.code()).isZero();
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(run("repo", "verify", folder.resolve("repo").toString()).code())
                .isZero();
    }

    @Test
    void saysThatThereIsNoRepositoryWith10() {
        Run verify = run("repo", "verify", folder.resolve("none").toString());
        Run restore = run(
                "restore",
                "--from-repository",
                folder.resolve("none").toString(),
                "--database",
                "shop",
                "--to",
                folder.resolve("to").toString());
        assertThat(verify.code()).isEqualTo(10);
        assertThat(verify.err()).contains("error STORE_MISSING", "repo init");
        assertThat(restore.code()).isEqualTo(10);
    }

    @Test
    void refusesAddressesThatNoStoreUnderstands() {
        assertThat(run("repo", "init", "gopher://x/y").code()).isEqualTo(1);
        assertThat(run("repo", "init", "file:%%%").code()).isEqualTo(2);
    }

    @Test
    void saysWhatIsNotInTheRepository() {
        // Given
        String url = folder.resolve("repo").toString();
        run("repo", "init", url);
        // Then
        assertThat(run("repo", "verify", url, "--database", "shop").err()).contains("error DATABASE_UNKNOWN");
        assertThat(run("repo", "verify", url, "--backup-id", "b1").err()).contains("error BACKUP_UNKNOWN");
        assertThat(run("restore", "--from-repository", url, "--database=shop", "--to=x", "--validate-only")
                        .err())
                .contains("error DATABASE_UNKNOWN");
    }

    @Test // pitfall 68
    void distrustsAPlaceWhoseClockIsAnotherOneWith20AndLeavesItAsItWas() throws IOException {
        // Given: files have real times, and the command line of a test stands still
        String url = folder.resolve("repo").toString();
        run("repo", "init", url);
        // When
        Run text = run("repo", "analyze", url);
        Run json = run("--output", "json", "repo", "analyze", url);
        // Then
        assertThat(text.code()).isEqualTo(20);
        assertThat(json.code()).isEqualTo(20);
        assertThat(json.out())
                .containsPattern("\"trusted\"\\s*:\\s*false")
                .contains("\"ONE_WINNER\"", "\"leftBehind\"", "\"needed\"");
        assertThat(text.out())
                .contains("BROKEN   the store's clock is this machine's", "set this machine's with NTP")
                .contains("yes      of racing writers exactly one wins", "no       blobs can be locked")
                .contains("backups must not be kept in file:///");
        try (Stream<Path> files = Files.walk(folder.resolve("repo"))) {
            assertThat(files.map(Path::toString)).noneMatch(path -> path.contains("walkback-analyze"));
        }
    }

    @Test
    void takesABucketWhereverItTakesAFolder() throws IOException {
        System.setProperty("aws.accessKeyId", "any");
        System.setProperty("aws.secretAccessKey", "any");
        try (FakeS3 server = FakeS3.start("backups", false, Clock.fixed(Run.NOW, ZoneOffset.UTC))) {
            // Given
            String url = "s3://backups/eu1?endpoint=" + server.endpoint();
            // When
            Run init = run("repo", "init", url);
            // Then
            assertThat(init.err()).isEmpty();
            assertThat(init.code()).isZero();
            assertThat(run("repo", "verify", url).code()).isZero();
            assertThat(run("restore", "--from-repository", url, "--database=shop", "--to=x", "--validate-only")
                            .err())
                    .contains("error DATABASE_UNKNOWN");
            assertThat(run("repo", "init", "s3://elsewhere?endpoint=" + server.endpoint())
                            .code())
                    .isEqualTo(10);
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }
}

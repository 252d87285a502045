package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.testkit.s3.FakeS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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

    @Test
    void saysWhatAPlaceCanBeTrustedWithAndLeavesItAsItWas() throws IOException {
        // Given
        String url = folder.resolve("repo").toString();
        run("repo", "init", url);
        // When
        Run text = run("repo", "analyze", url);
        Run json = run("--output", "json", "repo", "analyze", url);
        // Then
        assertThat(text.code()).isZero();
        assertThat(text.out())
                .contains("yes      of racing writers exactly one wins", "no       blobs can be locked")
                .contains("backups can be kept in file:///");
        assertThat(json.code()).isZero();
        assertThat(json.out()).contains("\"trusted\"", "\"ONE_WINNER\"", "\"leftBehind\"");
        try (Stream<Path> files = Files.walk(folder.resolve("repo"))) {
            assertThat(files.map(Path::toString)).noneMatch(path -> path.contains("walkback-analyze"));
        }
    }

    @Test
    void takesABucketWhereverItTakesAFolder() throws IOException {
        System.setProperty("aws.accessKeyId", "any");
        System.setProperty("aws.secretAccessKey", "any");
        try (FakeS3 server = FakeS3.start("backups", false, Clock.systemUTC())) {
            // Given
            String url = "s3://backups/eu1?endpoint=" + server.endpoint();
            // When
            Run init = run("repo", "init", url);
            Run analyze = run("repo", "analyze", url);
            // Then
            assertThat(init.err()).isEmpty();
            assertThat(init.code()).isZero();
            assertThat(run("repo", "verify", url).code()).isZero();
            assertThat(analyze.out()).contains("yes      damage on the way is refused: enabled");
            assertThat(analyze.code()).isZero();
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

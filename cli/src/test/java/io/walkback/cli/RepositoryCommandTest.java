package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.testkit.kms.FakeKms;
import io.walkback.testkit.s3.FakeS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    void makesAnEncryptedRepositoryOnceAndFindsItAfterwards() throws IOException {
        // Given
        String url = folder.resolve("repo").toString();
        Path key = folder.resolve("keys/repository.key");
        // When
        Run first = run("repo", "init", url, "--key-file", key.toString(), "--key-is-escrowed");
        Run second = run("repo", "init", folder.resolve("repo").toUri().toString(), "--key-file", key.toString());
        // Then
        assertThat(first.code()).as(first.all()).isZero();
        assertThat(first.out()).contains("encrypted", "true");
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(run("repo", "verify", url, "--key-file", key.toString()).code())
                .isZero();
        Run byVariable = Run.of(Map.of("WALKBACK_KEY", "file:" + key), "", false, "repo", "verify", url);
        assertThat(byVariable.code()).isZero();
    }

    @Test
    void opensNothingWithoutTheKeyAndEndsWith12() throws IOException {
        // Given
        String url = folder.resolve("repo").toString();
        Path key = folder.resolve("repository.key");
        run("repo", "init", url, "--key-file", key.toString(), "--key-is-escrowed");
        // When, then
        Run without = run("repo", "verify", url);
        assertThat(without.code()).isEqualTo(12);
        assertThat(without.err()).contains("error KEY_UNAVAILABLE", "hint");
        assertThat(run(
                                "repo",
                                "verify",
                                url,
                                "--key-file",
                                folder.resolve("none").toString())
                        .code())
                .isEqualTo(12);
        assertThat(run("restore", "--from-repository", url, "--database=shop", "--to=x")
                        .code())
                .isEqualTo(12);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Run readable = run("repo", "verify", url, "--key-file", key.toString());
        assertThat(readable.code()).isEqualTo(12);
        assertThat(readable.err()).contains("may be used by others (rw-r--r--)");
    }

    @Test
    void asksWhetherTheKeyIsKeptElsewhere() {
        // Given
        String url = folder.resolve("repo").toString();
        String key = folder.resolve("repository.key").toString();
        // When
        Run unasked = run("repo", "init", url, "--key-file", key);
        Run wrong = Run.of(Map.of(), "yes\n", true, "repo", "init", url, "--key-file", key);
        // Then
        assertThat(unasked.code()).isEqualTo(30);
        assertThat(unasked.err()).contains("without it no backup can be read", "--key-is-escrowed");
        assertThat(wrong.code()).isEqualTo(30);
        assertThat(folder.resolve("repo/walkback-repository")).doesNotExist();
        String word = wrong.err().replaceAll("(?s).*type '([0-9a-f]{8})'.*", "$1");
        Run typed = Run.of(Map.of(), word + "\n", true, "repo", "init", url, "--key-file", key);
        assertThat(typed.code()).as(typed.all()).isZero();
    }

    @Test
    void plainTextMustBeAskedFor() {
        // Given
        String url = folder.resolve("repo").toString();
        String key = folder.resolve("repository.key").toString();
        // When, then
        assertThat(run("repo", "init", url).code()).isEqualTo(2);
        assertThat(folder.resolve("repo")).doesNotExist();
        assertThat(run("repo", "init", url, "--no-encryption", "--key-file", key)
                        .code())
                .isEqualTo(2);
        Run plain = run("repo", "init", url, "--no-encryption");
        assertThat(plain.code()).isZero();
        assertThat(plain.out()).contains("false");
        assertThat(run("repo", "verify", url).code()).isZero();
        assertThat(run("repo", "init", url, "--key-file", key, "--key-is-escrowed")
                        .err())
                .contains("KEY_UNAVAILABLE");
    }

    @Test
    void refusesAKeyFileInsideTheRepository() {
        Path repo = folder.resolve("repo");
        Run run = run(
                "repo",
                "init",
                repo.toString(),
                "--key-file",
                repo.resolve("my.key").toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(repo.resolve("my.key")).doesNotExist();
    }

    @Test
    void rotatesAndThenTheNewKeyAloneOpens() {
        // Given
        String url = folder.resolve("repo").toString();
        String old = folder.resolve("old.key").toString();
        String fresh = folder.resolve("new.key").toString();
        run("repo", "init", url, "--key-file", old, "--key-is-escrowed");
        assertThat(run("keys", "rotate", "--repository", url).code()).isEqualTo(2);
        assertThat(run("keys", "rotate", "--repository", url, "--key-file", old, "--new-key-file", fresh)
                        .code())
                .isEqualTo(30);
        assertThat(run("repo", "verify", url, "--key-file", fresh).code()).isEqualTo(12);
        // When
        Run rotated = run(
                "keys", "rotate", "--repository", url, "--key-file", old, "--new-key-file", fresh, "--key-is-escrowed");
        // Then
        assertThat(rotated.code()).as(rotated.all()).isZero();
        assertThat(rotated.out()).contains("added", "1");
        assertThat(run("repo", "verify", url, "--key-file", fresh).code()).isZero();
        assertThat(run("repo", "verify", url, "--key-file", old).code()).isZero();
    }

    @Test // F56
    void movesARepositoryFromAKeyFileToKmsAndSaysWhatIsWrongWithTheKey() throws IOException {
        // Given
        String url = folder.resolve("repo").toString();
        String old = folder.resolve("old.key").toString();
        System.setProperty("aws.accessKeyId", "AKIAEXAMPLE");
        System.setProperty("aws.secretAccessKey", "fake-secret");
        try (FakeKms kms = FakeKms.start()) {
            String arn = kms.createKey("eu-central-1", "1234abcd");
            String service = kms.setting(arn);
            run("repo", "init", url, "--key-file", old, "--key-is-escrowed");
            // When
            Run rotated =
                    run("keys", "rotate", "--repository", url, "--key", old, "--new-key", service, "--key-is-escrowed");
            // Then
            assertThat(rotated.code()).as(rotated.all()).isZero();
            assertThat(run("repo", "verify", url, "--key", service).code()).isZero();
            assertThat(run("repo", "verify", url, "--key", service + ",file:" + old)
                            .code())
                    .isZero();
            kms.state(arn, "Disabled");
            Run disabled = run("repo", "verify", url, "--key", service);
            assertThat(disabled.code()).isEqualTo(12);
            assertThat(disabled.err())
                    .contains("error KEY_UNAVAILABLE", arn, "aws kms enable-key")
                    .doesNotContain("fake-secret");
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
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
        assertThat(run("repo", "init", "gopher://x/y", "--no-encryption").code())
                .isEqualTo(1);
        assertThat(run("repo", "init", "file:%%%", "--no-encryption").code()).isEqualTo(2);
    }

    @Test
    void saysWhatIsNotInTheRepository() {
        // Given
        String url = folder.resolve("repo").toString();
        run("repo", "init", url, "--no-encryption");
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
        run("repo", "init", url, "--no-encryption");
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
            Run init = run("repo", "init", url, "--no-encryption");
            // Then
            assertThat(init.err()).isEmpty();
            assertThat(init.code()).isZero();
            assertThat(run("repo", "verify", url).code()).isZero();
            assertThat(run("restore", "--from-repository", url, "--database=shop", "--to=x", "--validate-only")
                            .err())
                    .contains("error DATABASE_UNKNOWN");
            assertThat(run("repo", "init", "s3://elsewhere?endpoint=" + server.endpoint(), "--no-encryption")
                            .code())
                    .isEqualTo(10);
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    @Test
    void copiesARepositoryIntoAnotherPlaceAndRefusesOneThatHoldsAnother() {
        // Given
        String from = folder.resolve("from").toString();
        String to = folder.resolve("to").toString();
        String other = folder.resolve("other").toString();
        run("repo", "init", from, "--no-encryption");
        run("repo", "init", other, "--no-encryption");
        // When
        Run first = run("--output", "json", "repo", "copy", from, to);
        Run again = run("repo", "copy", from, to);
        // Then
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out()).contains("\"backups\"", "\"findings\"");
        assertThat(again.code()).isZero();
        assertThat(run("repo", "verify", to).code()).isZero();
        assertThat(run("repo", "copy", from, other).err()).contains("error STORE_LAYOUT");
        assertThat(run("repo", "copy", from, from).err()).contains("error REQUEST_INVALID");
        assertThat(run("repo", "copy", folder.resolve("none").toString(), to).code())
                .isEqualTo(10);
    }
}

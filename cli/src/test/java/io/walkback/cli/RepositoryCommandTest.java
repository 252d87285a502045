package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
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
}

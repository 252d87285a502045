package io.walkback.repository.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.blob.BlobKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UmaskTest {
    @TempDir
    Path directory;

    /// Stores one blob and half of another: run in a process of its own, since a umask is a process's.
    static final class Storing {
        private Storing() {}

        public static void main(String[] arguments) {
            FileSystemBlobStore store = FileSystemBlobStore.create(Path.of(arguments[0]));
            store.putIfAbsent(new BlobKey("shop/7/packs/0"), new byte[10]);
            store.newWriter(new BlobKey("shop/other"));
            Runtime.getRuntime().halt(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "022", "0277"})
    void everythingIsPrivateToItsUserWhateverTheUmask(String umask) throws Exception {
        // Given
        Path root = directory.resolve("a/store");
        // When
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "umask \"$1\"; shift; exec \"$@\"",
                        "sh",
                        umask,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Storing.class.getName(),
                        root.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        // Then
        assertThat(process.exitValue()).isZero();
        try (Stream<Path> tree = Files.walk(root)) {
            assertThat(tree).hasSizeGreaterThan(5).allSatisfy(path -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }
}

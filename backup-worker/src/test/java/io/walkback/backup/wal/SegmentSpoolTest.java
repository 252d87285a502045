package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.RetryableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentSpoolTest {
    @TempDir
    Path directory;

    /// Opens a spool and leaves it as it is: run in a process of its own, since a umask is a process's.
    static final class Opening {
        private Opening() {}

        public static void main(String[] arguments) {
            SegmentSpool spool = new SegmentSpool(Path.of(arguments[0]));
            spool.append(new byte[] {1, 2, 3}, 0, 3);
            Runtime.getRuntime().halt(spool.read(0, 3)[2] == 3 ? 0 : 1);
        }
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "022", "0277"})
    void theSpoolIsPrivateWhateverTheUmask(String umask) throws Exception {
        // Given
        Path spools = directory.resolve("state/wal");
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
                        Opening.class.getName(),
                        spools.resolve("shop.segment").toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        // Then
        assertThat(process.exitValue()).isZero();
        assertThat(permissions(spools.resolve("shop.segment"))).isEqualTo("rw-------");
        assertThat(permissions(spools)).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve("state"))).isEqualTo("rwx------");
    }

    @Test
    void aFileThatAnEarlierVersionLeftOpenToOthersIsReplacedAndItsDirectoryLeftAlone() throws Exception {
        // Given
        Path spools = Files.createDirectory(directory.resolve("wal"));
        Files.setPosixFilePermissions(spools, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.write(spools.resolve("shop.segment"), new byte[100]);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        // When
        try (SegmentSpool spool = new SegmentSpool(file)) {
            // Then
            assertThat(permissions(spools)).isEqualTo("rwxr-xr-x");
            assertThat(permissions(file)).isEqualTo("rw-------");
            assertThat(spool.read().readAllBytes()).isEmpty();
        }
    }

    @Test
    void aPlaceThatCannotBeUsedIsToldWithTheSettingsThatNameIt() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> new SegmentSpool(file.resolve("wal/shop.segment")))
                .isInstanceOfSatisfying(RetryableException.class, fault -> assertThat(fault.hint())
                        .contains("WAL_ARCHIVE_DIR", "WALKBACK_STATE_DIR"));
    }
}

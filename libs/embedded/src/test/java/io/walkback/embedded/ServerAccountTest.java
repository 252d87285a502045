package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerAccountTest {
    private static final ServerAccount SOMEBODY = new ServerAccount("somebody", 54_321, 54_321);

    @TempDir
    Path directory;

    @Test
    void opensFoldersInTemporaryPlacesForSearchingOnly() throws IOException {
        // Given
        assertThat(SOMEBODY.reaches(directory.resolve("data"))).isFalse();
        // When
        SOMEBODY.makeReachable(directory.resolve("data"));
        // Then
        assertThat(SOMEBODY.reaches(directory.resolve("data"))).isTrue();
        assertThat(Files.getPosixFilePermissions(directory))
                .contains(PosixFilePermission.OTHERS_EXECUTE)
                .doesNotContain(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
    }

    @Test
    void namesTheFolderThatIsInTheWayAndLeavesItAsItIs() {
        Path home = Path.of("/root");
        assumeThat(SOMEBODY.reaches(home.resolve("data"))).isFalse();
        assertThatThrownBy(() -> SOMEBODY.makeReachable(home.resolve("data")))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("may not search /root");
        assertThat(SOMEBODY.reaches(home.resolve("data"))).isFalse();
    }

    @Test
    void ownsATreeWithoutFollowingLinks() throws IOException {
        assumeThat(ServerAccount.forThisProcess()).as("running as root").isPresent();
        // Given
        Path outside = Files.createFile(directory.resolve("outside"));
        Path tree = Files.createDirectories(directory.resolve("tree").resolve("inner"));
        Path link = Files.createSymbolicLink(tree.resolve("link"), outside);
        Path file = Files.createFile(tree.resolve("file"));
        // When
        SOMEBODY.own(directory.resolve("tree"));
        // Then
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(54_321);
        assertThat(Files.getAttribute(link, "unix:gid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(54_321);
        assertThat(Files.getAttribute(outside, "unix:uid")).isEqualTo(0);
    }

    @Test
    void isNeverRoot() {
        assertThatThrownBy(() -> new ServerAccount("toor", 0, 0)).hasMessageContaining("toor");
        ServerAccount.forThisProcess()
                .ifPresent(account -> assertThat(account.uid()).isPositive());
    }

    @Test
    void programsAreUnpackedWhereTheAccountCanReachThem() throws IOException {
        assumeThat(ServerAccount.forThisProcess()).as("running as root").isPresent();
        // Given: a checkout that only root may enter, as below /root
        Path checkout = Files.createDirectories(directory.resolve("checkout"));
        Files.setPosixFilePermissions(checkout, PosixFilePermissions.fromString("rwx------"));
        Path postgres = Files.createDirectories(checkout.resolve("postgres"));
        Path real = Parts.fromSystemProperty().postgresArchive(15);
        Files.createSymbolicLink(postgres.resolve(real.getFileName()), real);
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        String before = System.setProperty("java.io.tmpdir", temporary.toString());
        try {
            // When
            PostgresPrograms programs = PostgresPrograms.embedded(Parts.at(checkout), 15);
            // Then
            assertThat(programs.program("postgres")).startsWith(temporary);
            assertThat(ServerAccount.forThisProcess().orElseThrow().reaches(programs.program("initdb")))
                    .isTrue();
            Files.setPosixFilePermissions(
                    temporary.resolve("walkback-postgres"), EnumSet.allOf(PosixFilePermission.class));
            assertThatThrownBy(() -> PostgresPrograms.embedded(Parts.at(checkout), 15))
                    .hasMessageContaining("can be written by others");
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }
}

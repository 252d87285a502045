package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartsTest {
    @TempDir
    Path directory;

    @Test
    void namesEachPartThatIsMissing() throws IOException {
        Parts parts = Parts.at(directory);
        assertRefused(parts::brokerClassPath, FailureCode.CONFIGURATION, "no broker in");
        assertRefused(parts::registryJar, FailureCode.CONFIGURATION, "no registry in");
        Files.createDirectories(directory.resolve("registry"));
        assertRefused(parts::registryJar, FailureCode.CONFIGURATION, "no registry in");
        assertRefused(() -> parts.postgresArchive(15), FailureCode.SERVER_BINARIES, "PostgreSQL 15");
    }

    @Test
    void takesTheHighestMinorOfAMajorVersionAndNoOther() throws IOException {
        // Given
        Path postgres = Files.createDirectories(directory.resolve("postgres"));
        for (String version : new String[] {"15.9.0", "15.10.0", "16.15.0"}) {
            Files.createFile(postgres.resolve("binaries-" + version + ".jar"));
        }
        // When, Then
        assertThat(Parts.at(directory).postgresArchive(15)).hasFileName("binaries-15.10.0.jar");
        assertThat(Parts.at(directory).postgresArchive(16)).hasFileName("binaries-16.15.0.jar");
        assertRefused(() -> Parts.at(directory).postgresArchive(1), FailureCode.SERVER_BINARIES, "PostgreSQL 1 ");
    }

    @Test
    void anArchiveWithoutProgramsIsRefused() throws IOException {
        Path postgres = Files.createDirectories(directory.resolve("postgres"));
        Files.writeString(postgres.resolve("binaries-15.9.0.jar"), "not a jar");
        assertRefused(
                () -> PostgresPrograms.embedded(Parts.at(directory), 15),
                FailureCode.SERVER_BINARIES,
                "binaries-15.9.0.jar");
    }

    @Test
    void whatAKilledUnpackingLeftBehindIsInNobodysWay() throws IOException {
        // Given
        Path postgres = Files.createDirectories(directory.resolve("postgres"));
        Path real = Parts.fromSystemProperty().postgresArchive(18);
        Files.createSymbolicLink(postgres.resolve(real.getFileName()), real);
        ServerAccount.forThisProcess().ifPresent(account -> account.makeReachable(postgres.resolve("unpacked")));
        Path half = Files.createDirectories(
                postgres.resolve("unpacked").resolve(".unpacking").resolve("bin"));
        Files.writeString(half.resolve("postgres"), "half a prog");
        // When
        PostgresPrograms programs = PostgresPrograms.embedded(Parts.at(directory), 18);
        // Then
        assertThat(programs.program("postgres")).isExecutable();
        assertThat(half).doesNotExist();
    }

    @Test
    void aProgramThatIsNotAmongThemIsNamed() {
        assertRefused(
                () -> new PostgresPrograms(15, directory).program("pg_dump"), FailureCode.SERVER_BINARIES, "pg_dump");
    }

    private static void assertRefused(ThrowingCallable call, FailureCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining(message)
                .extracting(fault -> ((PlatformException) fault).code())
                .isEqualTo(code);
    }
}

package io.walkback.postgres.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which `pg_dump` is taken, and when there is none (pitfall 37).
class ClientProgramsTest {
    private static ClientPrograms programs(String folder, String version) {
        return ClientPrograms.of(Path.of(folder), "pg_dump (PostgreSQL) " + version)
                .orElseThrow();
    }

    private static String chosen(int serverVersion, ClientPrograms... found) {
        return ClientPrograms.choose(List.of(found), serverVersion, "db1:5432")
                .folder()
                .toString();
    }

    @ParameterizedTest
    @CsvSource({
        "15.19 (Debian 15.19-0+deb12u1), 15, 19",
        "18.6, 18, 6",
        "19devel, 19, 0",
        "19beta1, 19, 0",
    })
    void readsTheVersionThatAProgramGives(String version, int major, int minor) {
        ClientPrograms programs = programs("/a", version);
        assertThat(programs.major()).isEqualTo(major);
        assertThat(programs.minor()).isEqualTo(minor);
        assertThat(programs.program("pg_dumpall")).isEqualTo(Path.of("/a/pg_dumpall"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "psql (PostgreSQL) 15.1", "pg_dump: error: nothing", "pg_dump (PostgreSQL) new"})
    void takesNothingElseForAPgDump(String answer) {
        assertThat(ClientPrograms.of(Path.of("/a"), answer)).isEmpty();
    }

    @Test
    void takesTheNewestAndOfEqualsTheFirst() {
        ClientPrograms old = programs("/old", "15.19");
        ClientPrograms next = programs("/next", "17.2");
        ClientPrograms minor = programs("/minor", "17.11");
        ClientPrograms same = programs("/same", "17.11");
        assertThat(chosen(150_019, old)).isEqualTo("/old");
        assertThat(chosen(150_001, old, next, minor, same)).isEqualTo("/minor");
        assertThat(chosen(170_011, same, old, minor)).isEqualTo("/same");
    }

    @Test
    void refusesAServerThatIsNewerThanTheNewest() {
        assertThatThrownBy(() -> chosen(180_006, programs("/a", "15.19"), programs("/b", "17.11")))
                .isInstanceOfSatisfying(OperatorActionException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(FailureCode.CLIENT_PROGRAMS);
                    assertThat(refusal.text())
                            .isEqualTo("the server at db1:5432 is PostgreSQL 18, and the newest pg_dump here is of"
                                    + " version 17.11, in '/b'");
                    assertThat(refusal.hint()).contains("version 18 or later", "WALKBACK_CLIENT_PROGRAMS_DIR");
                });
        assertThatThrownBy(() -> chosen(150_019)).hasMessageContaining("there is no pg_dump here");
    }

    @Test
    void whoWritesIntoAServerTakesTheLowestMajorThatIsNewEnoughForIt() {
        List<ClientPrograms> found = List.of(
                programs("/a", "18.1"), programs("/b", "15.19"), programs("/c", "17.1"), programs("/d", "17.11"));
        assertThat(ClientPrograms.closest(found, 15, "x").folder()).isEqualTo(Path.of("/b"));
        assertThat(ClientPrograms.closest(found, 16, "x").folder()).isEqualTo(Path.of("/d"));
        assertThatThrownBy(() -> ClientPrograms.closest(found, 19, "the archive was written by pg_dump 19"))
                .hasMessage("the archive was written by pg_dump 19, and the newest pg_dump here is of version 18.1,"
                        + " in '/a'");
    }

    @Test
    void looksOnlyWhereTheSettingsSayAndPassesOverWhatIsNotWhole(@TempDir Path folder) throws IOException {
        // Given a folder with one program of the three, and then with all of them
        assertThat(new InstalledPrograms(folder, "/usr/bin").find()).isEmpty();
        program(folder, "pg_dump", "echo 'pg_dump (PostgreSQL) 16.3'");
        assertThat(new InstalledPrograms(folder, "/usr/bin").find()).isEmpty();
        program(folder, "pg_dumpall", "exit 1");
        program(folder, "pg_restore", "exit 1");
        // Then
        assertThat(new InstalledPrograms(folder, "/usr/bin").find())
                .containsExactly(new ClientPrograms(folder, "pg_dump (PostgreSQL) 16.3", 16, 3));
        assertThat(new InstalledPrograms(null, "relative:" + folder).find())
                .contains(new ClientPrograms(folder, "pg_dump (PostgreSQL) 16.3", 16, 3));
        // And one that fails is none
        program(folder, "pg_dump", "echo 'pg_dump (PostgreSQL) 16.3'; exit 3");
        assertThat(new InstalledPrograms(folder, null).find()).isEmpty();
    }

    private static void program(Path folder, String name, String body) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}

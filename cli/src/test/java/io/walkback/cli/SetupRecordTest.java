package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.postgres.setup.SetupStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupRecordTest {
    @TempDir
    Path folder;

    private SetupRecord record() {
        return new SetupRecord(folder.resolve("walkback"), new DatabaseId("shop"));
    }

    @Test // P11
    void whatThereWasComesBackAndAPasswordIsNeverKept() throws Exception {
        // When
        record().add(List.of(
                new SetupStep.Setting("archive_command", "a\tb 'c'", "ä\n%p", false),
                new SetupStep.Setting("wal_level", "replica", null, true),
                new SetupStep.Role("walkback", new Secret("hidden word")),
                new SetupStep.Replication("walkback"),
                new SetupStep.Monitor("walkback"),
                new SetupStep.SwitchWal("walkback"),
                new SetupStep.Heartbeat("walkback")));
        // Then
        assertThat(record().read())
                .containsExactly(
                        new SetupStep.Setting("archive_command", "a\tb 'c'", "ä\n%p", false),
                        new SetupStep.Setting("wal_level", "replica", null, true),
                        new SetupStep.Role("walkback", null),
                        new SetupStep.Replication("walkback"),
                        new SetupStep.Monitor("walkback"),
                        new SetupStep.SwitchWal("walkback"),
                        new SetupStep.Heartbeat("walkback"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(record().file())))
                .isEqualTo("rw-------");
        assertThat(Files.readString(record().file())).doesNotContain("hidden");
    }

    @Test
    void ofSeveralRunsTheOldestValueIsTheOneThatComesBack() {
        // Given
        record().add(List.of(new SetupStep.Setting("archive_timeout", "300", "0", false)));
        // When
        record().add(List.of(
                new SetupStep.Setting("archive_timeout", "60", "300", false), new SetupStep.Monitor("walkback")));
        // Then
        assertThat(record().read())
                .containsExactly(
                        new SetupStep.Setting("archive_timeout", "60", "0", false), new SetupStep.Monitor("walkback"));
        record().remove();
        assertThat(record().read()).isEmpty();
    }

    @Test
    void aRecordThatIsNotOneIsRefused() throws Exception {
        Files.createDirectories(record().file().getParent());
        for (String text :
                List.of("", "something\n", "walkback wal setup 1\nsetting\t!\n", "walkback wal setup 1\nx\n")) {
            Files.writeString(record().file(), text);
            assertThatThrownBy(() -> record().read())
                    .as(text)
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining(record().file().toString());
        }
    }
}

package io.walkback.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DotEnvTest {
    @TempDir
    Path directory;

    @Test
    void readsValuesAsDockerComposeDoes() throws IOException {
        // Given
        Path file = directory.resolve(".env");
        Files.writeString(file, """
            # a comment

            PLAIN=value
            export EXPORTED = spaced value \t
            COMMENTED=value # not this
            HASH=va#lue
            DOUBLE="two # words" # a comment
            SINGLE='$NOT expanded'
            EMPTY=
            ONLY_A_COMMENT= # nothing
            EQUALS=a=b
            """);
        // When
        Map<String, String> settings = DotEnv.read(file);
        // Then
        assertThat(settings)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "PLAIN", "value",
                        "EXPORTED", "spaced value",
                        "COMMENTED", "value",
                        "HASH", "va#lue",
                        "DOUBLE", "two # words",
                        "SINGLE", "$NOT expanded",
                        "EMPTY", "",
                        "ONLY_A_COMMENT", "",
                        "EQUALS", "a=b"));
    }

    @Test
    void hasNothingToSayWithoutAFile() {
        assertThat(DotEnv.read(directory.resolve(".env"))).isEmpty();
    }

    @Test
    void namesTheLineThatIsNoneAndKeepsItsTextToItself() throws IOException {
        // Given
        Path file = directory.resolve(".env");
        Files.writeString(file, "A=1\nhunter2\n");
        // When, Then
        assertThatThrownBy(() -> DotEnv.read(file))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("line 2 of " + file)
                .hasMessageNotContaining("hunter2");
    }
}

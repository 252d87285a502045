package io.walkback.formatting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatTest {
    private static final String TIDY = """
        class Tidy {
            // A comment of its own.
            int one = 1;
        }
        """;

    @TempDir
    Path directory;

    @Test
    void everyJavaFileOfTheTreeIsFormatted() throws IOException {
        // Given
        Path root = Path.of(System.getProperty("walkback.root", "..")).toRealPath();
        assertThat(JavaSources.below(root)).as("java files of " + root).isNotEmpty();
        // When, Then
        assertThat(new Format().faults(root))
                .as("faults of layout (`make format` mends most of them)")
                .isEmpty();
    }

    @Test
    void namesTheFileThatIsNotFormattedAndMendsIt() throws IOException {
        // Given
        Files.writeString(directory.resolve("Tidy.java"), TIDY);
        Files.writeString(directory.resolve("Untidy.java"), "import java.util.List; class Untidy{int one=1;}\n");
        // When, Then
        assertThat(new Format().faults(directory)).containsExactly("Untidy.java: not formatted");
        Format.main(new String[] {directory.toString()});
        assertThat(directory.resolve("Untidy.java")).hasContent("class Untidy {\n    int one = 1;\n}\n");
        assertThat(directory.resolve("Tidy.java")).hasContent(TIDY);
        assertThat(new Format().faults(directory)).isEmpty();
    }

    @Test
    void namesAFileThatDoesNotParse() throws IOException {
        Files.writeString(directory.resolve("Half.java"), "class Half {\n");
        assertThat(new Format().faults(directory)).singleElement().asString().startsWith("Half.java: cannot be parsed");
    }

    @Test
    void namesADocCommentThatWasTorn() throws IOException {
        Files.writeString(directory.resolve("Torn.java"), "/// Begins here and\n// goes on here.\nclass Torn {}\n");
        assertThat(new Format().faults(directory)).singleElement().asString().contains("doc comment");
    }

    @Test
    void leavesBuildOutputAndHiddenFoldersAlone() throws IOException {
        for (String folder : new String[] {"target", ".cache"}) {
            Files.createDirectories(directory.resolve(folder));
            Files.writeString(directory.resolve(folder).resolve("Generated.java"), "class Generated{}");
        }
        assertThat(new Format().faults(directory)).isEmpty();
    }
}

package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Nobody types a command at night that the command line does not know. Whether it does what the page says is for
/// the tests that run it.
class DocsCommandsTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("walkback.root"), "walkback.root is set by Maven"));

    private record Line(Path page, String command) {}

    @Test
    void everyCommandInACodeBlockOfOurPagesIsUnderstood() throws IOException {
        // Given
        List<Line> lines = new ArrayList<>();
        try (Stream<Path> pages = Files.walk(ROOT.resolve("docs"))) {
            for (Path page : Stream.concat(Stream.of(ROOT.resolve("README.md")), pages)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList()) {
                commands(page).forEach(command -> lines.add(new Line(ROOT.relativize(page), command)));
            }
        }
        // When
        List<String> refused = lines.stream()
                .flatMap(line -> refusal(line.command()).map(why -> line.page() + ": " + line.command() + ": " + why))
                .toList();
        // Then
        assertThat(lines).extracting(line -> line.page().toString()).contains("README.md", "docs/DR_QUICK_START.md");
        assertThat(refused).isEmpty();
    }

    private static Stream<String> refusal(String command) {
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        CommandLine cli = new Cli(
                        Map.of(), Terminal.of(Reader.nullReader(), nowhere, nowhere, false, false), Clock.systemUTC())
                .commands();
        try {
            cli.parseArgs(command.split(" +"));
            return Stream.empty();
        } catch (CommandLine.ParameterException unknown) {
            return Stream.of(String.valueOf(unknown.getMessage()));
        }
    }

    /// What follows `walkback` in lines of code blocks, up to a comment, a pipe or a redirection; quotes are taken off
    /// whole words, and a line that ends with a backslash goes on.
    private static List<String> commands(Path page) throws IOException {
        List<String> found = new ArrayList<>();
        boolean code = false;
        String begun = "";
        for (String raw : Files.readAllLines(page)) {
            String line = raw.strip();
            if (line.startsWith("```")) {
                code = !code;
                begun = "";
            } else if (code) {
                String whole = begun + line;
                if (whole.endsWith("\\")) {
                    begun = whole.substring(0, whole.length() - 1);
                    continue;
                }
                begun = "";
                if (whole.startsWith("./walkback ") || whole.startsWith("walkback ")) {
                    found.add(whole.substring(whole.indexOf(' ') + 1)
                            .replaceAll("\\s+#.*", "")
                            .replaceAll("\\s(\\||>|2>|&&)\\s.*", "")
                            .replaceAll("\"[^\"]*\"|'[^']*'", "quoted")
                            .strip());
                }
            }
        }
        return found;
    }
}

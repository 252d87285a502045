package io.walkback.cli.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The commands of a section of README.md or of a page of docs, so that what people read is what is tested.
///
/// @param title heading without its marks
/// @param lines of its code blocks, comments cut off
record Readme(String title, List<String> lines) {
    static Readme section(String title) throws IOException {
        return section("README.md", title);
    }

    /// @param page relative to the root of the project
    static Readme section(String page, String title) throws IOException {
        Path file = Path.of(
                Objects.requireNonNull(System.getProperty("walkback.root"), "walkback.root is set by Maven"), page);
        List<String> commands = new ArrayList<>();
        boolean here = false;
        boolean code = false;
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("## ")) {
                here = line.equals("## " + title);
            } else if (here && line.startsWith("```")) {
                code = !code;
            } else if (here && code && !line.isBlank()) {
                commands.add(line.replaceAll("\\s+#.*", "").strip());
            }
        }
        return new Readme(title, commands);
    }

    /// The commands of `./walkback` that begin like this, arguments after the program's name.
    String[] walkback(String beginning) {
        List<String> found = lines.stream()
                .filter(line -> line.startsWith("./walkback " + beginning))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError("section '" + title + "' has " + found.size() + " commands './walkback "
                    + beginning + "': " + lines);
        }
        return found.getFirst().substring("./walkback ".length()).split(" +");
    }

    /// The statements of SQL.
    String[] sql() {
        return lines.stream().filter(line -> line.endsWith(";")).toArray(String[]::new);
    }
}

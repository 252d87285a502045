package io.walkback.formatting;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Lays out Java files, or says which are not laid out.
///
/// Thread-safe; several files are worked on at once.
public final class Format {
    /// A doc comment longer than a line is torn by the formatter: its rest becomes an ordinary comment, and the
    /// generated documentation ends in mid-sentence. A person has to wrap it.
    private static final Pattern TORN_DOC_COMMENT = Pattern.compile("(?m)^\\h*///[^\\n]*\\n\\h*//(?!/)");

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    /// Lays out every Java file below the folder that is the first argument.
    public static void main(String[] arguments) throws IOException {
        Format format = new Format();
        JavaSources.below(Path.of(arguments[0])).parallelStream().forEach(format::rewrite);
    }

    /// What is wrong with the layout of the Java files below `root`, one line for each that has a fault.
    List<String> faults(Path root) throws IOException {
        return JavaSources.below(root).parallelStream()
                .flatMap(file -> fault(file).map(what -> root.relativize(file) + ": " + what).stream())
                .toList();
    }

    private Optional<String> fault(Path file) {
        String source = read(file);
        try {
            if (!formatter.formatSourceAndFixImports(source).equals(source)) {
                return Optional.of("not formatted");
            }
        } catch (FormatterException e) {
            return Optional.of("cannot be parsed: " + e.getMessage());
        }
        return TORN_DOC_COMMENT.matcher(source).find()
                ? Optional.of("a doc comment goes on as an ordinary comment; wrap its lines at 120 characters")
                : Optional.empty();
    }

    private void rewrite(Path file) {
        String source = read(file);
        try {
            String formatted = formatter.formatSourceAndFixImports(source);
            if (!formatted.equals(source)) {
                Files.writeString(file, formatted);
            }
        } catch (FormatterException e) {
            throw new IllegalArgumentException(file + " cannot be parsed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}

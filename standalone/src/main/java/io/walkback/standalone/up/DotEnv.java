package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A `.env` file: `NAME=value` lines as docker-compose reads them.
///
/// Blank lines and lines that begin with `#` say nothing; `export` before a name is allowed. A value may be in
/// single or double quotes and is taken as it stands between them; without quotes it ends before a `#` that
/// follows a space. Nothing is expanded.
final class DotEnv {
    private static final Pattern LINE = Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");
    private static final Pattern QUOTED = Pattern.compile("(?:\"([^\"]*)\"|'([^']*)')\\s*(?:#.*)?");
    private static final Pattern COMMENT = Pattern.compile("(^|\\s+)#.*$");

    private DotEnv() {}

    /// The settings in `file`; none when there is no such file.
    ///
    /// @throws OperatorActionException with the number of a line that is not one; never with its text, which may
    ///     be a secret
    static Map<String, String> read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException _) {
            return Map.of();
        } catch (IOException unreadable) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "cannot read " + file + ": " + unreadable.getMessage(),
                    "Make it readable text, or remove it.",
                    unreadable);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (int index = 0; index < lines.size(); index++) {
            String line = lines.get(index).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                Matcher parts = LINE.matcher(line);
                if (!parts.matches()) {
                    throw new OperatorActionException(
                            FailureCode.CONFIGURATION,
                            "line " + (index + 1) + " of " + file + " is not NAME=value",
                            "Correct the line, or begin it with # to leave it out.");
                }
                settings.put(parts.group(1), value(parts.group(2)));
            }
        }
        return settings;
    }

    private static String value(String text) {
        Matcher quoted = QUOTED.matcher(text);
        if (quoted.matches()) {
            return quoted.group(1) != null ? quoted.group(1) : quoted.group(2);
        }
        return COMMENT.matcher(text).replaceFirst("").strip();
    }
}

package io.walkback.cli.real;

import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.Parts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// The command line as `./walkback` runs it, once the build is there: a process of its own for each command.
///
/// @param directory where commands are run, and relative paths begin
/// @param environment of the commands, besides this process's own
record Walkback(Path directory, Map<String, String> environment) {
    private static final long DEADLINE_SECONDS = 180;
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("walkback.root"), "walkback.root is set by Maven"));

    /// What a command printed and how it ended.
    record Said(int code, String out, String err) {
        /// Everything, for messages.
        String all() {
            return "exit code " + code + "\n" + out + err;
        }
    }

    /// The process that `./walkback` becomes.
    static List<String> command(List<String> arguments) {
        List<String> java = new ArrayList<>(List.of(
                "-D" + Parts.PROPERTY + "=" + Parts.fromSystemProperty().root(),
                "-Dwalkback.root=" + ROOT,
                "-jar",
                ROOT.resolve("cli/target/walkback-cli.jar").toString()));
        java.addAll(arguments);
        return JavaCommand.with(256, java);
    }

    /// Runs one command to its end.
    Said run(String... arguments) {
        return execute(command(List.of(arguments)), environment);
    }

    /// The same command line with another environment.
    Walkback with(String name, String value) {
        Map<String, String> other = new TreeMap<>(environment);
        other.put(name, value);
        return new Walkback(directory, other);
    }

    /// Runs any program to its end.
    Said execute(List<String> command, Map<String, String> more) {
        try {
            Path out = Files.createTempFile(directory, "said", ".out");
            Path err = Files.createTempFile(directory, "said", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(more);
            Process process = builder.start();
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(command.getLast() + " does not end; it said " + Files.readString(err));
            }
            return new Said(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } catch (IOException fault) {
            throw new IllegalStateException("cannot run " + command.getFirst(), fault);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command.getFirst(), interrupted);
        }
    }
}

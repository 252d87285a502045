package io.walkback.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walkback.embedded.PostgresPrograms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// PostgreSQL's own client tools, which say whether we are right. They run where version 15 is installed; in CI
/// their absence is a failure.
public final class Judge {
    private Judge() {}

    /// @param exit what the tool printed on both streams is `output`
    public record Verdict(int exit, String output) {}

    public static Verdict run(String tool, String... arguments) {
        Path program = PostgresPrograms.installed(15)
                .map(programs -> programs.bin().resolve(tool))
                .filter(Files::isExecutable)
                .orElse(null);
        if (program == null) {
            assertThat(System.getenv("CI"))
                    .as("%s is not installed, in CI", tool)
                    .isNotEqualTo("true");
            assumeTrue(false, tool + " of PostgreSQL 15 is not installed");
            throw new AssertionError("unreachable");
        }
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Verdict(process.waitFor(), output);
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }
}

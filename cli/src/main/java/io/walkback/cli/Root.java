package io.walkback.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// What every command understands.
@Command(
        name = "walkback",
        description = "Backs up PostgreSQL, and walks it back to any moment.",
        version = "walkback 0.1",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExit codes: ",
        footer = "0 ok, 1 failed, 2 usage, 3 partial, 10 repository missing, 11 locked, 12 authentication or"
                + " decryption, 20 integrity error, 21 target unreachable, 30 approval needed, 75 temporary, 130"
                + " interrupted.")
final class Root {
    /// How data is printed.
    enum Format {
        text,
        json
    }

    @Option(
            names = "--output",
            scope = ScopeType.INHERIT,
            paramLabel = "text|json",
            description = "How data is printed on standard output (text).")
    private Format format = Format.text;

    @Option(
            names = "--api-url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Where scheduler-service listens (WALKBACK_API_URL, else http://127.0.0.1:8080).")
    private @Nullable URI apiUrl;

    // Not picocli's own mixin: with it, options of commands that are methods arrive shifted by two.
    @Option(
            names = {"-h", "--help"},
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "Shows this and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads the option, nobody the field
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            scope = ScopeType.INHERIT,
            versionHelp = true,
            description = "Shows the version and ends.")
    @SuppressWarnings("UnusedVariable") // picocli reads the option, nobody the field
    private boolean version;

    Format format() {
        return format;
    }

    @Nullable
    URI apiUrl() {
        return apiUrl;
    }
}

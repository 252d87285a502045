package io.walkback.cli;

import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/// One run of the command line, and what it printed.
record Run(int code, String out, String err) {
    static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");

    /// Everything that was printed.
    String all() {
        return out + err;
    }

    static Run of(StubApi api, String... args) {
        return of(Map.of("WALKBACK_API_URL", api.url().toString()), "", false, args);
    }

    static Run with(StubApi api, Path configuration, String... args) {
        return of(
                Map.of(
                        "WALKBACK_API_URL",
                        api.url().toString(),
                        "XDG_CONFIG_HOME",
                        configuration.toAbsolutePath().toString()),
                "",
                false,
                args);
    }

    static Run of(Map<String, String> environment, String input, boolean interactive, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal =
                Terminal.of(new StringReader(input), new PrintWriter(out), new PrintWriter(err), interactive, false);
        Map<String, String> all = new TreeMap<>(Map.of("WALKBACK_NODE_NAME", "node-1"));
        all.putAll(environment);
        int code = new Cli(all, terminal, Clock.fixed(NOW, ZoneOffset.UTC)).run(args);
        return new Run(code, out.toString(), err.toString());
    }
}

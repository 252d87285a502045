package io.walkback.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/// What docker-compose.yml says, with nothing set in `.env`.
///
/// @param services by name, as they are written
record Compose(Map<String, Map<String, Object>> services) {
    static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("walkback.root"), "walkback.root is set by Maven"));
    /// `${NAME:-default}`.
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z0-9_]+:-([^}]*)}");

    static Compose ofThisProject() {
        try {
            Map<String, Map<String, Map<String, Object>>> file =
                    new Yaml().load(Files.readString(ROOT.resolve("docker-compose.yml")));
            return new Compose(Objects.requireNonNull(file.get("services"), "services"));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /// The environment of one service, variables replaced by their defaults.
    Map<String, String> environment(String service) {
        Map<String, String> environment = new TreeMap<>();
        Map<String, Object> block = Objects.requireNonNull(services.get(service), service);
        Map<?, ?> written = (Map<?, ?>) Objects.requireNonNull(block.get("environment"), "environment");
        written.forEach((name, value) -> environment.put(
                name.toString(),
                VARIABLE.matcher(value.toString()).replaceAll(found -> Matcher.quoteReplacement(found.group(1)))));
        return environment;
    }
}

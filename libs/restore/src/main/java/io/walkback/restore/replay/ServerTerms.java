package io.walkback.restore.replay;

import io.walkback.embedded.PostgresConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a server on a restored copy is held to besides what every such server is.
///
/// @param overrides settings on its command line, stronger than any file and than the restore's own
/// @param confinedTo the only folders that it may write, without network, as far as the system can do that; empty:
/// it is not confined
public record ServerTerms(Map<String, String> overrides, List<Path> confinedTo) {
    /// Nothing more.
    public static final ServerTerms ORDINARY = new ServerTerms(Map.of(), List.of());

    public ServerTerms {
        overrides = Map.copyOf(overrides);
        confinedTo = List.copyOf(confinedTo);
    }

    PostgresConfig on(PostgresConfig config, Map<String, String> ordinary) {
        Map<String, String> all = new LinkedHashMap<>(ordinary);
        all.putAll(overrides);
        PostgresConfig changed = config;
        for (Map.Entry<String, String> override : all.entrySet()) {
            changed = changed.withOverride(override.getKey(), override.getValue());
        }
        return changed;
    }
}

package io.walkback.restore.replay;

import io.walkback.embedded.PostgresConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a server on a restored copy is held to besides what every such server is.
///
/// @param overrides settings on its command line, stronger than any file and than the restore's own
/// @param network   false: in a network namespace of its own where the system has them
public record ServerTerms(Map<String, String> overrides, boolean network) {
    /// Nothing more.
    public static final ServerTerms ORDINARY = new ServerTerms(Map.of(), true);

    public ServerTerms {
        overrides = Map.copyOf(overrides);
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

package io.walkback.client;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `databases check` found.
///
/// @param status the worst of the checks: `ok`, `warning` or `failed`
public record CheckReport(String database, String status, Instant at, List<Check> checks) {
    public CheckReport {
        checks = List.copyOf(checks);
    }

    /// @param id     stable: `connection`, `version`, `role`, …
    /// @param status `ok`, `warning`, `failed`, or `skipped` when another failure made it impossible
    /// @param seen   what was found, lower case
    /// @param remedy exact lines that mend it, null where nothing is to be mended
    /// @param code   name of the failure, null where there is none
    public record Check(
            String id,
            String status,
            String seen,
            @Nullable String remedy,
            @Nullable String code) {}
}

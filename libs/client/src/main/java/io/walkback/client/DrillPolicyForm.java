package io.walkback.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How recovery is rehearsed; what is null has the installation's default.
///
/// @param every      such as `28d`, or `none`
/// @param target     `latest`, `immediate` or `random 7d`
/// @param limit      such as `4h`
/// @param rto        the longest that recovery may take, such as `45m`
/// @param rpo        the most that may be lost, such as `1h`
/// @param assertions by name
public record DrillPolicyForm(
        @Nullable String every,
        @Nullable String target,
        @Nullable String limit,
        @Nullable String rto,
        @Nullable String rpo,
        @Nullable Map<String, Assertion> assertions) {
    /// One query that must be true after each recovery.
    public record Assertion(String dbname, String sql) {}
}

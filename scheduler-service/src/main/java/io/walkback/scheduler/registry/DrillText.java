package io.walkback.scheduler.registry;

import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.operation.Assertion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How recovery is rehearsed, as people write it, in the file and through the API; what is null has the default.
///
/// ```yaml
/// drill:
///   every: 28d             # or none
///   target: latest         # or immediate, or random 7d: a moment of the last seven days
///   limit: 4h
///   rto: 45m
///   rpo: 1h
///   assertions:
///     orders are there: {dbname: shop, sql: "SELECT count(*) > 1000 FROM orders"}
/// ```
///
/// @param assertions by name
public record DrillText(
        @Nullable String every,
        @Nullable String target,
        @Nullable String limit,
        @Nullable String rto,
        @Nullable String rpo,
        @Nullable Map<String, AssertionText> assertions) {
    private static final String RANDOM = "random ";

    /// One assertion, under its name.
    public record AssertionText(
            @Nullable String dbname, @Nullable String sql) {
        private Assertion named(String name) {
            if (dbname == null || sql == null) {
                throw new IllegalArgumentException("assertion '" + name + "' has a dbname and a sql");
            }
            return new Assertion(name, dbname, sql);
        }
    }

    private record Target(boolean immediate, Duration randomWindow) {
        private static Target of(String text) {
            return switch (text) {
                case "latest" -> new Target(false, Duration.ZERO);
                case "immediate" -> new Target(true, Duration.ZERO);
                default -> {
                    if (!text.startsWith(RANDOM)) {
                        throw new IllegalArgumentException(
                                "the target of a drill is latest, immediate or random 7d, not '" + text + "'");
                    }
                    yield new Target(
                            false,
                            PolicyText.time(text.substring(RANDOM.length()).strip()));
                }
            };
        }
    }

    /// Throws [IllegalArgumentException] with a sentence for the writer.
    public DrillPolicy over(DrillPolicy defaults) {
        Target wanted = target == null ? new Target(defaults.immediate(), defaults.randomWindow()) : Target.of(target);
        return new DrillPolicy(
                every == null ? defaults.every() : PolicyText.timeOrNone(every),
                wanted.immediate(),
                wanted.randomWindow(),
                limit == null ? defaults.limit() : PolicyText.time(limit),
                rto == null ? defaults.rto() : PolicyText.time(rto),
                rpo == null ? defaults.rpo() : PolicyText.time(rpo),
                assertions == null ? defaults.assertions() : asserted(assertions));
    }

    private static List<Assertion> asserted(Map<String, AssertionText> named) {
        List<Assertion> made = new ArrayList<>();
        new TreeMap<>(named).forEach((name, text) -> made.add(text.named(name)));
        return made;
    }

    /// The same back, whole.
    public static DrillText of(DrillPolicy policy) {
        Map<String, AssertionText> assertions = new LinkedHashMap<>();
        policy.assertions().forEach(each -> assertions.put(each.name(), new AssertionText(each.dbname(), each.sql())));
        return new DrillText(
                PolicyText.time(policy.every()),
                policy.window()
                        .map(window -> RANDOM + PolicyText.time(window))
                        .orElse(policy.immediate() ? "immediate" : "latest"),
                PolicyText.time(policy.limit()),
                PolicyText.time(policy.rto()),
                PolicyText.time(policy.rpo()),
                assertions);
    }

    static DrillText parse(StrictYaml entry) {
        StrictYaml named = entry.section("assertions");
        Map<String, AssertionText> assertions = new LinkedHashMap<>();
        for (String name : named.keys()) {
            StrictYaml one = named.section(name);
            assertions.put(
                    name,
                    new AssertionText(
                            one.text("dbname").orElse(null), one.text("sql").orElse(null)));
            one.requireNothingElse();
        }
        DrillText text = new DrillText(
                entry.text("every").orElse(null),
                entry.text("target").orElse(null),
                entry.text("limit").orElse(null),
                entry.text("rto").orElse(null),
                entry.text("rpo").orElse(null),
                named.keys().isEmpty() ? null : assertions);
        entry.requireNothingElse();
        return text;
    }
}

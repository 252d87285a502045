package io.walkback.scheduler.registry;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.SecretReference;
import io.walkback.domain.database.WalDurability;
import io.walkback.domain.retention.KeepRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Databases and policies as a file has them:
///
/// ```yaml
/// policies:
///   nightly: {cron: "0 0 2 * * *", zone: America/New_York, retention: 30d}
/// databases:
///   shop:
///     host: 10.0.0.5
///     user: walkback
///     passwordRef: file:/etc/walkback/shop.password
///     policy: nightly          # or a mapping of its own
/// ```
///
/// What is left out has [BackupPolicy#DEFAULT]'s value. Anything else in the file is refused, with its line.
final class DatabasesFile {
    private final Path file;
    private final BackupPolicy defaults;

    /// @param retention where a policy does not say
    DatabasesFile(Path file, Duration retention) {
        this.file = file;
        this.defaults = withRetention(retention);
    }

    static BackupPolicy withRetention(Duration retention) {
        BackupPolicy usual = BackupPolicy.DEFAULT;
        return new BackupPolicy(
                usual.enabled(),
                usual.cron(),
                usual.zone(),
                usual.maxAttempts(),
                usual.spreadCheckpoint(),
                usual.maxRateKilobytes(),
                usual.streamWal(),
                retention,
                usual.keep(),
                usual.compressionLevel(),
                usual.immutability(),
                usual.copies());
    }

    String text() {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "cannot read " + file + ": " + unreadable.getMessage(),
                    "WALKBACK_CONFIG names the file with databases and policies.",
                    unreadable);
        }
    }

    List<DatabaseRegistration> parse(String text) {
        StrictYaml root = StrictYaml.parse(file, text);
        StrictYaml named = root.section("policies");
        Map<String, BackupPolicy> policies = new HashMap<>();
        for (String name : named.keys()) {
            policies.put(name, policy(named.section(name)));
        }
        StrictYaml databases = root.section("databases");
        root.requireNothingElse();
        List<DatabaseRegistration> registrations = new ArrayList<>();
        for (String name : databases.keys()) {
            registrations.add(database(name, databases.section(name), policies));
        }
        return registrations;
    }

    /// One policy by itself: what may stand under a name in `policies`.
    BackupPolicy parsePolicy(String text) {
        return policy(StrictYaml.parse(file, text));
    }

    private DatabaseRegistration database(String name, StrictYaml entry, Map<String, BackupPolicy> policies) {
        BackupPolicy policy;
        if (entry.isText("policy")) {
            String wanted = entry.text("policy").orElseThrow();
            if (!policies.containsKey(wanted)) {
                throw entry.fault("database '" + name + "' has policy '" + wanted + "', which is not in 'policies'");
            }
            policy = policies.get(wanted);
        } else {
            policy = policy(entry.section("policy"));
        }
        String host = required(name, entry, "host");
        String user = required(name, entry, "user");
        int port = entry.value("port", Integer::valueOf).orElse(5432);
        String dbname = entry.text("dbname").orElse("postgres");
        SecretReference password =
                entry.value("passwordRef", SecretReference::parse).orElse(null);
        String sslMode = entry.text("sslMode").orElse("prefer");
        String root = entry.text("sslRootCertificate").orElse(null);
        Map<String, String> labels = entry.section("labels").texts();
        entry.requireNothingElse();
        try {
            return new DatabaseRegistration(
                    new DatabaseId(name),
                    new Connection(host, port, dbname, user, password, sslMode, root),
                    null,
                    policy == null ? defaults : policy,
                    labels);
        } catch (IllegalArgumentException refused) {
            throw entry.fault("database '" + name + "': " + refused.getMessage());
        }
    }

    private static String required(String name, StrictYaml entry, String key) {
        return entry.text(key).orElseThrow(() -> entry.fault("database '" + name + "' has no '" + key + "'"));
    }

    private BackupPolicy policy(StrictYaml entry) {
        boolean enabled = entry.value("enabled", PolicyText::flag).orElse(defaults.enabled());
        String cron = entry.value("cron", PolicyText::cron).orElse(defaults.cron());
        var zone = entry.value("zone", PolicyText::zone).orElse(defaults.zone());
        int attempts = entry.value("maxAttempts", Integer::valueOf).orElse(defaults.maxAttempts());
        boolean spread = entry.value("checkpoint", PolicyText::spread).orElse(defaults.spreadCheckpoint());
        int rate = entry.value("maxRateKilobytes", Integer::valueOf).orElse(defaults.maxRateKilobytes());
        boolean push = entry.value("pushWal", PolicyText::flag).orElse(defaults.pushWal());
        boolean wal = entry.value("streamWal", PolicyText::flag).orElse(!push && defaults.streamWal());
        WalDurability durable =
                entry.value("walDurability", WalDurability::parse).orElse(defaults.walDurability());
        boolean heartbeat = entry.value("heartbeat", PolicyText::flag).orElse(defaults.heartbeat());
        Duration retention = entry.value("retention", PolicyText::retention).orElse(defaults.retention());
        KeepRules usual = defaults.keep();
        int count = entry.value("keepCount", Integer::valueOf).orElse(usual.keepCount());
        Duration age = span(entry, "keepAge", usual.keepAge());
        int daily = entry.value("keepDaily", Integer::valueOf).orElse(usual.keepDaily());
        int weekly = entry.value("keepWeekly", Integer::valueOf).orElse(usual.keepWeekly());
        int monthly = entry.value("keepMonthly", Integer::valueOf).orElse(usual.keepMonthly());
        int yearly = entry.value("keepYearly", Integer::valueOf).orElse(usual.keepYearly());
        int redundancy = entry.value("minimumRedundancy", Integer::valueOf).orElse(usual.minimumRedundancy());
        Duration minimumAge = entry.value("minimumAge", PolicyText::retention).orElse(usual.minimumAge());
        Duration walRetention = span(entry, "walRetention", usual.walRetention());
        int level = entry.value("compressionLevel", Integer::valueOf).orElse(defaults.compressionLevel());
        Immutability lock = entry.value("immutability", Immutability::parse).orElse(defaults.immutability());
        int copies = entry.value("copies", Integer::valueOf).orElse(defaults.copies());
        DrillText drill = DrillText.parse(entry.section("drill"));
        entry.requireNothingElse();
        try {
            KeepRules keep =
                    new KeepRules(count, age, daily, weekly, monthly, yearly, redundancy, minimumAge, walRetention);
            return new BackupPolicy(
                    enabled,
                    cron,
                    zone,
                    attempts,
                    spread,
                    rate,
                    wal,
                    retention,
                    keep,
                    level,
                    lock,
                    copies,
                    push,
                    durable,
                    heartbeat,
                    drill.over(defaults.drill()));
        } catch (IllegalArgumentException refused) {
            throw entry.fault(String.valueOf(refused.getMessage()));
        }
    }

    private static @Nullable Duration span(StrictYaml entry, String key, @Nullable Duration usual) {
        Optional<Optional<Duration>> given = entry.value(key, PolicyText::optionalRetention);
        return given.isPresent() ? given.get().orElse(null) : usual;
    }
}

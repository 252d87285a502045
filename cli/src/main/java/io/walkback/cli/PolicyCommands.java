package io.walkback.cli;

import io.walkback.client.DatabaseView;
import io.walkback.client.DrillPolicyForm;
import io.walkback.client.RetentionView;
import io.walkback.client.WalkbackClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Policies.
@Command(name = "policy", description = "Policies: shows them, and what they would do.")
final class PolicyCommands {
    private static final String WHICH = "Which database; all of them without it.";

    private final Session session;

    PolicyCommands(Session session) {
        this.session = session;
    }

    @Command(name = "show", description = "Shows the whole policy in force, defaults included.")
    int show(@Parameters(paramLabel = "DATABASE", arity = "0..1", description = WHICH) @Nullable String database)
            throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            Map<String, DatabaseView.Policy> policies = new LinkedHashMap<>();
            for (DatabaseView view : databases(client, database)) {
                policies.put(view.name(), view.policy());
            }
            if (session.output().asJson()) {
                session.output().json(policies);
            } else {
                policies.forEach(this::print);
            }
            return ExitCode.OK;
        }
    }

    private void print(String database, DatabaseView.Policy policy) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("database", database);
        fields.put("enabled", policy.enabled());
        fields.put("cron", policy.cron());
        fields.put("zone", policy.zone());
        fields.put("maxAttempts", policy.maxAttempts());
        fields.put("checkpoint", policy.checkpoint());
        fields.put("maxRateKilobytes", policy.maxRateKilobytes());
        fields.put("streamWal", policy.streamWal());
        fields.put("pushWal", policy.pushes());
        fields.put("walDurability", policy.walDurability());
        fields.put("heartbeat", policy.heartbeat());
        fields.put("retention", policy.retention());
        fields.put("keepCount", policy.keepCount());
        fields.put("keepAge", policy.keepAge());
        fields.put("keepDaily", policy.keepDaily());
        fields.put("keepWeekly", policy.keepWeekly());
        fields.put("keepMonthly", policy.keepMonthly());
        fields.put("keepYearly", policy.keepYearly());
        fields.put("minimumRedundancy", policy.minimumRedundancy());
        fields.put("minimumAge", policy.minimumAge());
        fields.put("walRetention", policy.walRetention());
        fields.put("compressionLevel", policy.compressionLevel());
        fields.put("immutability", policy.immutability());
        fields.put("copies", policy.copies());
        drill(fields, policy.drill());
        session.output().value(policy, fields);
        session.output().text("");
    }

    private static void drill(Map<String, Object> fields, @Nullable DrillPolicyForm drill) {
        if (drill != null) {
            fields.put("drill every", drill.every());
            fields.put("drill target", drill.target());
            fields.put("drill limit", drill.limit());
            fields.put("rto", drill.rto());
            fields.put("rpo", drill.rpo());
            fields.put(
                    "assertions",
                    drill.assertions() == null ? 0 : drill.assertions().size());
        }
    }

    @Command(
            name = "plan",
            description = "Shows what each backup and each stretch of WAL would become, and why. Changes nothing.")
    int plan(
            @Parameters(paramLabel = "DATABASE", arity = "0..1", description = WHICH) @Nullable String database,
            @Option(
                            names = "--file",
                            paramLabel = "FILE",
                            description = "A policy as YAML, instead of the one in force; what it leaves out has its"
                                    + " default.")
                    @Nullable
                    String file)
            throws InterruptedException {
        String yaml = file == null ? null : read(Texts.path("--file", file));
        try (WalkbackClient client = session.client()) {
            List<RetentionView> plans = new ArrayList<>();
            for (DatabaseView view : databases(client, database)) {
                plans.add(yaml == null ? client.retention(view.name()) : client.retention(view.name(), yaml));
            }
            if (session.output().asJson()) {
                session.output().json(plans);
            } else {
                plans.forEach(plan -> new RetentionText(session).plan(plan));
            }
            return ExitCode.OK;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw Texts.refused("cannot read " + file + ": " + unreadable.getMessage(), "Name a file with a policy.");
        }
    }

    private static List<DatabaseView> databases(WalkbackClient client, @Nullable String database)
            throws InterruptedException {
        List<DatabaseView> views = new ArrayList<>();
        if (database == null) {
            client.databases().forEach(views::add);
        } else {
            views.add(client.database(database));
        }
        return views;
    }
}

package io.walkback.cli;

import io.walkback.client.SyncReleaseForm;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.postgres.setup.SyncRelease;
import io.walkback.postgres.setup.SyncRelease.Plan;
import io.walkback.postgres.setup.SyncRelease.Released;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `wal release-sync`: the release first, with nothing but the server, and then the audit log. What the audit log
/// does not take stays in a file, and the next run brings it.
final class SyncReleasing {
    private static final String RELOAD = "SELECT pg_reload_conf();";

    private final Session session;
    private final DatabaseId database;
    private final ReleaseRecords records;
    private @Nullable SyncReleaseForm now;

    SyncReleasing(Session session, DatabaseId database) {
        this.session = session;
        this.database = database;
        this.records = new ReleaseRecords(session.configuration(), database);
    }

    /// @param address of the server
    /// @return `OK`; `PARTIAL` where commits are released and the audit log does not know it
    int run(SyncRelease server, String address, boolean dryRun) throws InterruptedException {
        Plan plan = server.plan();
        Terminal terminal = session.terminal();
        terminal.say("synchronous_standby_names at " + address + " is '" + plan.before() + "', and "
                + waiting(plan.waits().commits().size()));
        if (!plan.waits().seesAll()) {
            terminal.say("this role sees no other role's waits: GRANT pg_read_all_stats lets it count them");
        }
        if (plan.statement() == null) {
            terminal.say("it names no receiver of walkback: there is nothing to release");
        } else if (!plan.after().isEmpty()) {
            terminal.say("it also names others, for which commits go on waiting: '" + plan.after() + "'");
        }
        if (dryRun || plan.statement() == null) {
            String unaudited = dryRun ? null : audit();
            print(plan, null, unaudited);
            return unaudited == null ? ExitCode.OK : ExitCode.PARTIAL;
        }
        return release(server, address, plan);
    }

    private int release(SyncRelease server, String address, Plan plan) throws InterruptedException {
        int before = plan.waits().commits().size();
        SyncReleaseForm form = new SyncReleaseForm(
                UUID.randomUUID().toString(),
                session.clock().instant().toString(),
                operator(),
                address,
                "INTENDED",
                plan.before(),
                plan.after(),
                before,
                before);
        noted(form);
        Released released;
        try {
            released = server.release(plan);
        } catch (PlatformException fault) {
            noted(form.ended("FAILED", before));
            String unaudited = audit();
            if (unaudited != null) {
                session.terminal().say(unaudited);
            }
            throw fault;
        }
        noted(form.ended(released.stuck() == 0 ? "SUCCEEDED" : "FAILED", released.waiting()));
        String unaudited = audit();
        print(plan, released, unaudited);
        if (released.stuck() > 0) {
            throw new OperatorActionException(
                    FailureCode.POSTGRES_SETTING,
                    "walkback is out of synchronous_standby_names at " + address + ", and " + waiting(released.stuck())
                            + (plan.after().isEmpty() ? "" : ", for '" + plan.after() + "'"),
                    "Bring those standbys back, or wait for nobody: ALTER SYSTEM SET synchronous_standby_names = '';"
                            + " " + RELOAD);
        }
        return unaudited == null ? ExitCode.OK : ExitCode.PARTIAL;
    }

    /// Commits wait: a folder that cannot be written to, on a disk that is full perhaps, is no reason to let them.
    private void noted(SyncReleaseForm form) {
        now = form;
        try {
            records.keep(form);
        } catch (PlatformException unwritable) {
            session.terminal().say("going on without a record on this host: " + unwritable.text());
        }
    }

    /// Brings what is left to the audit log, this run's own first.
    ///
    /// @return why it does not have all of it; null where it has
    private @Nullable String audit() throws InterruptedException {
        Map<String, SyncReleaseForm> left = new LinkedHashMap<>();
        SyncReleaseForm current = now;
        if (current != null) {
            left.put(current.releaseId(), current);
        }
        PlatformException trouble = null;
        try {
            records.left().forEach(form -> left.putIfAbsent(form.releaseId(), form));
        } catch (PlatformException unreadable) {
            trouble = unreadable;
        }
        try (WalkbackClient client = session.client()) {
            for (SyncReleaseForm form : List.copyOf(left.values())) {
                client.recordRelease(database.value(), form);
                left.remove(form.releaseId());
                records.remove(form);
            }
        } catch (PlatformException away) {
            trouble = away;
        }
        if (trouble == null) {
            return null;
        }
        List<String> files = left.values().stream()
                .map(form -> records.file(form).toString())
                .toList();
        return "THE AUDIT LOG DOES NOT HAVE IT: " + Redaction.of(trouble.text())
                + (files.isEmpty() ? "" : "; kept in " + String.join(", ", files))
                + ". Run the same command again when scheduler-service and Kafka are back: it brings it.";
    }

    /// As this host knows him, since nobody else may be there to ask.
    private String operator() {
        String host = session.variable("WALKBACK_NODE_NAME");
        String named = host == null ? session.variable("HOSTNAME") : host;
        return System.getProperty("user.name") + (named == null ? "" : "@" + named);
    }

    private static String waiting(int commits) {
        return commits == 1 ? "1 commit waits" : (commits == 0 ? "no" : commits) + " commits wait";
    }

    private void print(Plan plan, @Nullable Released released, @Nullable String unaudited) {
        Output output = session.output();
        if (unaudited != null) {
            session.terminal().say(unaudited);
        }
        if (output.asJson()) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("database", database.value());
            fields.put("released", released != null);
            fields.put("before", plan.before());
            fields.put("after", released == null && plan.statement() == null ? plan.before() : plan.after());
            fields.put("statement", plan.statement());
            fields.put("putBack", plan.putBack());
            fields.put("waitingBefore", plan.waits().commits().size());
            fields.put("waitingAfter", released == null ? null : released.waiting());
            fields.put("audited", unaudited == null);
            output.json(fields);
            return;
        }
        if (plan.statement() == null) {
            return;
        }
        output.text(released == null ? "-- would do:" : "-- done:");
        output.text(plan.statement() + ";");
        output.text(RELOAD);
        if (released != null) {
            output.text("-- " + waiting(released.waiting()) + " now");
        }
        output.text("-- to put it back, once receivers run again:");
        output.text(plan.putBack() + ";");
        output.text(RELOAD);
    }
}

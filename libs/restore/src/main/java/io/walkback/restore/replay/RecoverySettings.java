package io.walkback.restore.replay;

import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.Stop;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Settings of a restored server, as text for `postgresql.auto.conf` and as overrides for its command line.
///
/// The block for the file comes last in it, so it wins over whatever the backup's own configuration says (pitfall
/// 46). PostgreSQL takes recovery targets in the order of the file and refuses a second one, and an empty one
/// counts as one: so all others are emptied first and the wanted one is set last.
final class RecoverySettings {
    private static final String BEGIN = "# walkback: begin";
    private static final String END = "# walkback: end";

    /// Microseconds, as PostgreSQL counts; what is finer is cut off, since no commit lies in between.
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss.SSSSSS'+00'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private RecoverySettings() {}

    /// `file` with a block that makes the server recover up to the plan's stop and promote itself.
    static String recovering(String file, RestorePlan plan, String restoreCommand) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String other : new String[] {"", "_time", "_xid", "_name", "_lsn"}) {
            settings.put("recovery_target" + other, "");
        }
        settings.put("recovery_target_inclusive", isInclusive(plan.stop()) ? "on" : "off");
        settings.put("recovery_target_timeline", plan.timeline().toString());
        settings.put("recovery_target_action", "promote");
        settings.put("recovery_min_apply_delay", "0");
        settings.put("recovery_end_command", "");
        settings.put("archive_cleanup_command", "");
        settings.put("restore_command", restoreCommand);
        settings.put("primary_conninfo", "");
        settings.put("primary_slot_name", "");
        settings.put("archive_mode", "off");
        String name =
                switch (plan.stop()) {
                    case Stop.Consistent _ -> "recovery_target";
                    case Stop.Position _ -> "recovery_target_lsn";
                    case Stop.Time _ -> "recovery_target_time";
                };
        // LinkedHashMap keeps the place of a name that is put again: the target must move to the end.
        settings.remove(name);
        settings.put(
                name,
                switch (plan.stop()) {
                    case Stop.Consistent _ -> "immediate";
                    case Stop.Position position -> position.lsn().toString();
                    case Stop.Time time -> TIME.format(time.time());
                });
        return block(file, "# This copy is being restored and is not complete; do not start it.", settings);
    }

    private static boolean isInclusive(Stop stop) {
        return switch (stop) {
            case Stop.Consistent _ -> true;
            case Stop.Position position -> position.inclusive();
            case Stop.Time time -> time.inclusive();
        };
    }

    /// `file` with a block that keeps a restored copy from archiving, and nothing else of ours (P7).
    static String restored(String file) {
        return block(
                file,
                "# A restored copy archives nowhere: its WAL is not the original's. Remove these lines to change that.",
                Map.of("archive_mode", "off"));
    }

    /// What is stronger than any file while we run the server: unix socket only, no archiving, nobody's jobs or
    /// subscriptions, no waiting for standbys that belong to the original, and nothing outside the data directory
    /// (P7, pitfalls 36, 49). `data_directory` above all: a configuration that names one would have another cluster
    /// started.
    static Map<String, String> overrides(RestorePlan plan, RunDirectory run) {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("data_directory", plan.directory().toString());
        overrides.put("archive_mode", "off");
        overrides.put("external_pid_file", run.path().resolve("server.pid").toString());
        overrides.put("logging_collector", "off");
        overrides.put("log_destination", "stderr");
        overrides.put("lc_messages", "C");
        overrides.put("ssl", "off");
        overrides.put("synchronous_standby_names", "");
        overrides.put("max_logical_replication_workers", "0");
        overrides.put("cron.launch_active_jobs", "off");
        overrides.put("restart_after_crash", "off");
        return overrides;
    }

    /// The text without any block of ours.
    static String without(String file) {
        int begin = file.indexOf(BEGIN);
        int end = file.indexOf(END + "\n", Math.max(begin, 0));
        return begin < 0 || end < 0 ? file : file.substring(0, begin) + file.substring(end + END.length() + 1);
    }

    private static String block(String file, String comment, Map<String, String> settings) {
        StringBuilder text = new StringBuilder(without(file));
        if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
            text.append('\n');
        }
        text.append(BEGIN).append('\n').append(comment).append('\n');
        settings.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n"));
        return text.append(END).append('\n').toString();
    }
}

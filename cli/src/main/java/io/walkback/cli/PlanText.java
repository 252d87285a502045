package io.walkback.cli;

import io.walkback.domain.plan.PlannedRestore;
import io.walkback.domain.plan.PreflightCheck;
import io.walkback.domain.plan.PresentCluster;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A plan for people: what they decide on first, the digest last, to be copied.
final class PlanText {
    private PlanText() {}

    static Map<String, @Nullable Object> fields(PlannedRestore plan) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("database", plan.database() + ", cluster " + plan.system() + ", PostgreSQL " + plan.major());
        fields.put("backup", plan.backup());
        fields.put("target", plan.target() + (plan.exclusive() ? ", exclusive" : ""));
        fields.put("stop", plan.stopAt());
        fields.put(
                "timeline",
                plan.newTimeline() == null ? plan.timeline() : plan.timeline() + " -> " + plan.newTimeline());
        fields.put(
                "wal",
                plan.walFrom() + " to " + plan.walTo() + ", " + plan.walSegments() + " segments, "
                        + Bytes.text(plan.walBytes()) + " to replay");
        fields.put("directory", plan.directory() + " of " + plan.host() + ", " + plan.mode());
        fields.put("tablespaces", plan.tablespaces().isEmpty() ? null : plan.tablespaces());
        fields.put("files", Bytes.text(plan.bytes()));
        fields.put("space", plan.rooms().stream().map(PlanText::room).toList());
        fields.put(
                "takes",
                "about " + plan.expectedSeconds() + " s, by " + (plan.measured() ? "measured" : "assumed") + " rates");
        fields.put("overwrites", overwrites(plan.present()));
        fields.put("vanishes", plan.vanishing().text());
        fields.put("clients", plan.connections() == null ? "unknown" : plan.connections());
        fields.put("checks", plan.checks().stream().map(PlanText::check).toList());
        fields.put("notes", plan.notes().isEmpty() ? null : plan.notes());
        fields.put("digest", plan.digest());
        return fields;
    }

    /// 0, or the code of the first check that would refuse the restore.
    static int exitCode(PlannedRestore plan) {
        PreflightCheck refusal = plan.refusal();
        return refusal == null || refusal.code() == null ? ExitCode.OK : ExitCode.of(refusal.code());
    }

    private static String room(PlannedRestore.Room room) {
        return Bytes.text(room.needed()) + " of " + Bytes.text(room.free()) + " free on " + room.filesystem() + " for "
                + String.join(", ", room.uses());
    }

    private static String overwrites(@Nullable PresentCluster present) {
        if (present == null) {
            return "nothing";
        }
        return "cluster " + known(present.system()) + ", PostgreSQL " + known(present.major()) + ", "
                + known(present.state()) + ", checkpoint " + known(present.checkpoint()) + " of "
                + known(present.checkpointAt()) + ", " + Bytes.text(present.bytes());
    }

    private static String check(PreflightCheck check) {
        return check.name() + " " + check.outcome().name().toLowerCase(Locale.ROOT) + ": " + check.value()
                + (check.hint().isEmpty() ? "" : ". " + check.hint());
    }

    private static Object known(@Nullable Object value) {
        return value == null ? "unknown" : value;
    }
}

package io.walkback.alerting.rule;

import io.walkback.domain.event.DrillCompleted;
import io.walkback.domain.event.DrillFailed;
import io.walkback.domain.event.ProofChecked;
import io.walkback.domain.event.Severity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What people hear of rehearsals: that one failed, that none has proven anything for too long, that recovery takes
/// longer or loses more than is promised (P9, P10).
final class DrillAlerts {
    private DrillAlerts() {}

    /// Only a proof ends the alarm. One that could not judge is a warning, and neither a failure nor a pass.
    static List<Signal> completed(DrillCompleted drill) {
        return switch (drill.verdict()) {
            case PROVEN -> List.of(AlertRules.cleared(AlertKind.DRILL_FAILED, drill));
            case FAILED ->
                List.of(judged(
                        drill,
                        Severity.CRITICAL,
                        "Backup " + drill.backupId() + " of " + drill.database() + " cannot be recovered",
                        "Take a new backup and rehearse it; see what is wrong with the object before this one is"
                                + " needed."));
            case UNPROVEN, UNKNOWN ->
                List.of(judged(
                        drill,
                        Severity.WARNING,
                        "The drill of " + drill.database() + " could not judge",
                        "Nothing is known to be wrong, and nothing was proven."));
        };
    }

    private static Signal judged(DrillCompleted drill, Severity severity, String what, String hint) {
        String reason = drill.reason() == null ? "no reason given" : drill.reason();
        Map<String, String> details = new LinkedHashMap<>();
        AlertRules.put(details, "error", reason);
        AlertRules.put(details, "hint", hint);
        AlertRules.put(details, "object", drill.object());
        AlertRules.put(details, "backupId", drill.backupId());
        AlertRules.put(details, "operationId", drill.operationId());
        AlertRules.put(details, "host", drill.host());
        return AlertRules.raised(
                AlertSubject.of(AlertKind.DRILL_FAILED, drill.database()),
                drill,
                severity,
                what + ": " + reason,
                details);
    }

    /// Nobody is woken for an attempt that another one follows.
    static List<Signal> failed(DrillFailed drill) {
        if (!drill.finalAttempt()) {
            return List.of();
        }
        Map<String, String> details = AlertRules.details(drill.problem(), drill.attempt(), true);
        AlertRules.put(details, "operationId", drill.operationId());
        AlertRules.put(details, "backupId", drill.backupId());
        return List.of(AlertRules.raised(
                AlertSubject.of(AlertKind.DRILL_FAILED, drill.database()),
                drill,
                Severity.ERROR,
                "The drill of " + drill.database() + " was not carried out: "
                        + drill.problem().message(),
                details));
    }

    /// Whatever is so says it again and again until it is not.
    static List<Signal> checked(ProofChecked checked) {
        return List.of(
                overdue(checked),
                objective(
                        checked,
                        "rto-drill",
                        checked.isDrillTooSlow(),
                        "the newest drill took",
                        checked.drillRtoMs(),
                        checked.rtoMs()),
                objective(
                        checked,
                        "rpo-drill",
                        checked.isDrillTooLossy(),
                        "the newest drill lost",
                        checked.drillRpoMs(),
                        checked.rpoMs()),
                objective(
                        checked,
                        "rto-forecast",
                        checked.isForecastTooSlow(),
                        "recovery now would take about",
                        checked.forecastMs(),
                        checked.rtoMs()));
    }

    private static Signal overdue(ProofChecked checked) {
        if (checked.overdueSince() == null) {
            return AlertRules.cleared(AlertKind.PROOF_OVERDUE, checked);
        }
        String what = checked.provenAt() == null
                ? "No drill has ever proven that " + checked.database() + " can be recovered"
                : "No drill has proven since " + checked.provenAt() + " that " + checked.database()
                        + " can be recovered";
        Map<String, String> details = new LinkedHashMap<>();
        AlertRules.put(details, "error", what);
        AlertRules.put(
                details,
                "hint",
                "'walkback drill list --database " + checked.database()
                        + "' shows what was tried; a restore-worker must be there to carry drills out.");
        AlertRules.put(details, "overdueSince", checked.overdueSince());
        return AlertRules.raised(
                AlertSubject.of(AlertKind.PROOF_OVERDUE, checked.database()), checked, Severity.ERROR, what, details);
    }

    private static Signal objective(
            ProofChecked checked, String cause, boolean missed, String what, @Nullable Long measured, long allowed) {
        AlertSubject subject = AlertSubject.of(AlertKind.OBJECTIVE_MISSED, checked.database(), cause);
        if (!missed || measured == null) {
            return AlertRules.cleared(subject, checked);
        }
        String text = checked.database() + ": " + what + " " + time(measured) + ", the objective is " + time(allowed);
        Map<String, String> details = new LinkedHashMap<>();
        AlertRules.put(details, "error", text);
        AlertRules.put(
                details,
                "hint",
                "'walkback info --database " + checked.database()
                        + "' shows the phases; more frequent backups leave less WAL to replay.");
        AlertRules.put(details, "measuredSeconds", measured / 1000);
        AlertRules.put(details, "objectiveSeconds", allowed / 1000);
        return AlertRules.raised(subject, checked, Severity.ERROR, text, details);
    }

    /// `1 h 2 min 3 s`, without what is zero in front.
    private static String time(long millis) {
        Duration time = Duration.ofMillis(millis);
        String seconds = time.toSecondsPart() + " s";
        String minutes = time.toMinutesPart() + " min " + seconds;
        return time.toHours() > 0 ? time.toHours() + " h " + minutes : time.toMinutes() > 0 ? minutes : seconds;
    }
}

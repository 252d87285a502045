package io.walkback.alerting.rule;

import io.walkback.domain.event.CommitsChecked;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.SlotChecked;
import io.walkback.domain.event.WalChecked;
import io.walkback.domain.event.WalGapDetected;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What people hear of WAL: that it is missing, that it does not become durable, that it fills the server's disk,
/// that commits wait for it.
final class WalAlerts {
    private static final long MIB = 1 << 20;

    private WalAlerts() {}

    /// One alarm for each hole. Critical: what was committed within it is lost if the server is lost before the
    /// next backup.
    static Signal gap(WalGapDetected gap) {
        String what = "WAL of " + gap.database() + " is missing from " + gap.fromLsn() + " to " + gap.toLsn()
                + " on timeline " + gap.timeline();
        Map<String, String> details = new LinkedHashMap<>();
        AlertRules.put(details, "error", what + ": " + gap.cause());
        AlertRules.put(
                details,
                "hint",
                "Take a backup now unless one is on its way: no backup from before the hole leads beyond it.");
        AlertRules.put(details, "gapId", gap.gapId());
        AlertRules.put(details, "affectedFrom", gap.windowFrom());
        AlertRules.put(details, "affectedTo", gap.windowTo());
        AlertRules.put(details, "action", gap.action());
        return AlertRules.raised(
                AlertSubject.of(AlertKind.WAL_GAP, gap.database(), gap.gapId()), gap, Severity.CRITICAL, what, details);
    }

    /// Critical, whatever the cause (F51): everything committed since then is lost with the server.
    static Signal stalled(WalChecked checked) {
        if (checked.exposedSince() == null) {
            return AlertRules.cleared(AlertKind.WAL_STALLED, checked);
        }
        String what = "WAL of " + checked.database() + " has not become durable since " + checked.exposedSince();
        Map<String, String> details = new LinkedHashMap<>();
        AlertRules.put(details, "error", checked.seen() == null ? what : what + ": " + checked.seen());
        AlertRules.put(
                details,
                "hint",
                "See whether the server, a backup-worker and the repository can be reached; what is committed meanwhile"
                        + " would be lost with the server.");
        AlertRules.put(details, "exposedSince", checked.exposedSince());
        return AlertRules.raised(
                AlertSubject.of(AlertKind.WAL_STALLED, checked.database()), checked, Severity.CRITICAL, what, details);
    }

    /// As bad as whoever looked says (F38).
    static Signal slot(SlotChecked checked) {
        Severity severity = checked.severity();
        if (severity == null) {
            return AlertRules.cleared(AlertKind.SLOT_FILLING, checked);
        }
        String what = what(checked);
        Map<String, String> details = new LinkedHashMap<>();
        AlertRules.put(details, "error", what);
        AlertRules.put(
                details,
                "hint",
                "Bring the receiver, or the repository, back; 'walkback databases check " + checked.database()
                        + "' shows the slot, and the runbook how to give it up before the disk is full.");
        AlertRules.put(details, "slot", checked.slot());
        AlertRules.put(details, "walStatus", checked.walStatus());
        AlertRules.put(details, "retainedBytes", checked.retainedBytes());
        AlertRules.put(details, "limitBytes", checked.limitBytes());
        AlertRules.put(details, "minutesToFull", minutes(checked.secondsToFull()));
        return AlertRules.raised(
                AlertSubject.of(AlertKind.SLOT_FILLING, checked.database()), checked, severity, what, details);
    }

    /// Critical: the application stands still. The hint is what ends it, whatever the cause.
    static Signal blocked(CommitsChecked checked) {
        if (checked.blockedSince() == null) {
            return AlertRules.cleared(AlertKind.COMMITS_BLOCKED, checked);
        }
        String what = "Commits of " + checked.database() + " have waited for walkback since " + checked.blockedSince()
                + ": " + checked.waiting() + " now";
        Map<String, String> details = new LinkedHashMap<>();
        AlertRules.put(details, "error", what);
        AlertRules.put(
                details,
                "hint",
                "Bring a receiver, or the brokers, back. To let commits go on without them: 'walkback wal release-sync "
                        + checked.database() + " --admin-url postgresql://...', which needs the server alone.");
        AlertRules.put(details, "blockedSince", checked.blockedSince());
        AlertRules.put(details, "waiting", checked.waiting());
        AlertRules.put(details, "standbyNames", checked.standbyNames());
        return AlertRules.raised(
                AlertSubject.of(AlertKind.COMMITS_BLOCKED, checked.database()),
                checked,
                Severity.CRITICAL,
                what,
                details);
    }

    private static String what(SlotChecked checked) {
        String slot = "Slot " + checked.slot() + " of " + checked.database();
        if (checked.walStatus().equals("lost")) {
            return slot + " is lost: the server has removed WAL that nobody has received";
        }
        Long limit = checked.limitBytes();
        Long seconds = checked.secondsToFull();
        return slot + " keeps " + mebibytes(checked.retainedBytes()) + " of WAL on the server"
                + (limit == null
                        ? ", without a limit but the disk's"
                        : String.format(
                                Locale.ROOT,
                                ", %d %% of max_slot_wal_keep_size",
                                Math.round(100.0 * checked.retainedBytes() / Math.max(1, limit))))
                + (seconds == null ? "" : ", which is reached in " + minutes(seconds) + " min");
    }

    private static @Nullable Long minutes(@Nullable Long seconds) {
        return seconds == null ? null : Duration.ofSeconds(seconds).toMinutes();
    }

    private static String mebibytes(long bytes) {
        return bytes / MIB + " MiB";
    }
}

package io.walkback.cli;

import io.walkback.client.BackupView;
import io.walkback.client.DatabaseView;
import io.walkback.client.OperationView;
import io.walkback.client.RecoverabilityView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How well one database is protected, and why. Pure.
///
/// @param state `protected`, `unproven` (all is well, and no rehearsal has shown it), `stalled` (WAL does not
/// flow),
///     `unprotected` (no backup, an old one, or a hole in the WAL since), `red` (the newest backup failed, or a drill
///     failed it)
/// @param recoverableFrom the earliest time that the database can be walked back to; null where there is none
/// @param recoverableTo the latest
/// @param rpoMillis what would be lost now; null while it is not known
record Protection(
        String database,
        String state,
        String why,
        @Nullable Instant recoverableFrom,
        @Nullable Instant recoverableTo,
        @Nullable Long rpoMillis) {
    private static final String NO_DRILLS = "; its policy has no drills";

    /// P10: no backup for 25 h is an alarm.
    private static final Duration OLD = Duration.ofHours(25);

    /// @param all         backups, the newest request first; the newest completed one among them. Logical ones
    ///                    count for nothing: what happened after them is lost
    /// @param reception   the operation that receives the WAL, if there is one
    /// @param window      where it can be walked back to
    static Protection of(
            DatabaseView database,
            List<BackupView> all,
            Optional<OperationView> reception,
            RecoverabilityView window,
            Instant now) {
        Finding found = judge(database, all, reception, window, now);
        return new Protection(
                database.name(),
                found.state(),
                found.why(),
                WindowText.first(window),
                WindowText.last(window),
                window.rpoMillis());
    }

    private record Finding(String state, String why) {}

    private static Finding judge(
            DatabaseView database,
            List<BackupView> all,
            Optional<OperationView> reception,
            RecoverabilityView window,
            Instant now) {
        List<BackupView> newestFirst =
                all.stream().filter(backup -> !BackupCommands.isLogical(backup)).toList();
        Optional<BackupView> completed = newestFirst.stream()
                .filter(backup -> backup.state().equals("COMPLETED"))
                .findFirst();
        Optional<BackupView> ended = newestFirst.stream()
                .filter(backup ->
                        backup.state().equals("COMPLETED") || backup.state().equals("FAILED"))
                .findFirst();
        if (ended.isPresent()
                && ended.get().failure() != null
                && ended.get().state().equals("FAILED")) {
            return new Finding(
                    "red",
                    "the newest backup failed: " + ended.get().failure().code() + ", "
                            + ended.get().failure().message());
        }
        if (completed.isEmpty()) {
            return new Finding("unprotected", "no completed backup");
        }
        Instant at = completed.get().completedAt();
        if (database.policy().enabled() && (at == null || at.plus(OLD).isBefore(now))) {
            return new Finding("unprotected", "no completed backup for " + OLD.toHours() + " h, the last at " + at);
        }
        if (window.openGaps() > 0) {
            return new Finding(
                    "unprotected",
                    window.openGaps() + " holes in its wal that no backup leads past yet; 'walkback window "
                            + database.name() + "' shows them");
        }
        if (window.isStalled()) {
            return new Finding(
                    "stalled",
                    "its wal has not become durable since " + window.durableUntil()
                            + "; the alert wal-stalled says why");
        }
        if (database.policy().streamWal()
                && reception
                        .filter(operation -> operation.state().equals("CLAIMED"))
                        .isEmpty()) {
            String problem = reception
                    .map(OperationView::problem)
                    .map(last -> ": " + last.code() + ", " + last.message())
                    .orElse("");
            return new Finding("stalled", "nobody receives its wal" + problem);
        }
        BackupView.Proof newest = completed.get().proof();
        if (newest != null && newest.verdict().equals("FAILED")) {
            return new Finding(
                    "red",
                    "the drill of backup " + completed.get().id() + " failed it: " + newest.reason()
                            + (newest.object() == null ? "" : ", at " + newest.object()));
        }
        boolean proven = newestFirst.stream()
                .anyMatch(backup ->
                        backup.proof() != null && backup.proof().verdict().equals("PROVEN"));
        return proven
                ? new Finding("protected", "last backup at " + at + (isUnrehearsed(database) ? NO_DRILLS : ""))
                : new Finding(
                        "unproven",
                        "last backup at " + at + ", and no rehearsal has proven one yet"
                                + (isUnrehearsed(database) ? NO_DRILLS : ""));
    }

    /// Whether its policy has no drills.
    static boolean isUnrehearsed(DatabaseView database) {
        return database.policy().drill() != null
                && "none".equals(database.policy().drill().every());
    }

    boolean good() {
        return state.equals("protected") || state.equals("unproven");
    }
}

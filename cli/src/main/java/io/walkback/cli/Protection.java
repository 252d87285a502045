package io.walkback.cli;

import io.walkback.client.BackupView;
import io.walkback.client.DatabaseView;
import io.walkback.client.OperationView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How well one database is protected, and why. Pure.
///
/// @param state `protected`, `unproven` (all is well, and no rehearsal has shown it), `stalled` (WAL does not
/// flow),
///     `unprotected` (no backup, or an old one), `red` (the newest backup failed)
record Protection(String database, String state, String why) {
    /// P10: no backup for 25 h is an alarm.
    private static final Duration OLD = Duration.ofHours(25);

    /// @param all         backups, the newest request first; the newest completed one among them. Logical ones
    ///                    count for nothing: what happened after them is lost
    /// @param reception   the operation that receives the WAL, if there is one
    static Protection of(DatabaseView database, List<BackupView> all, Optional<OperationView> reception, Instant now) {
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
            return new Protection(
                    database.name(),
                    "red",
                    "the newest backup failed: " + ended.get().failure().code() + ", "
                            + ended.get().failure().message());
        }
        if (completed.isEmpty()) {
            return new Protection(database.name(), "unprotected", "no completed backup");
        }
        Instant at = completed.get().completedAt();
        if (database.policy().enabled() && (at == null || at.plus(OLD).isBefore(now))) {
            return new Protection(
                    database.name(),
                    "unprotected",
                    "no completed backup for " + OLD.toHours() + " h, the last at " + at);
        }
        if (database.policy().streamWal()
                && reception
                        .filter(operation -> operation.state().equals("CLAIMED"))
                        .isEmpty()) {
            String problem = reception
                    .map(OperationView::problem)
                    .map(last -> ": " + last.code() + ", " + last.message())
                    .orElse("");
            return new Protection(database.name(), "stalled", "nobody receives its wal" + problem);
        }
        boolean proven = newestFirst.stream()
                .anyMatch(backup ->
                        backup.proof() != null && backup.proof().verdict().equals("PROVEN"));
        return proven
                ? new Protection(database.name(), "protected", "last backup at " + at)
                : new Protection(
                        database.name(), "unproven", "last backup at " + at + ", and no rehearsal has proven one yet");
    }

    boolean good() {
        return state.equals("protected") || state.equals("unproven");
    }
}

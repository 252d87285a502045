package io.walkback.checks;

import static io.walkback.checks.CheckResult.failed;
import static io.walkback.checks.CheckResult.ok;
import static io.walkback.checks.CheckResult.skipped;
import static io.walkback.checks.CheckResult.warning;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.postgres.connection.ServerFacts;
import org.jspecify.annotations.Nullable;

/// Judges what a server archives by itself: its WAL where that is pushed, nothing of ours where it is streamed.
/// Pure.
///
/// @param archiver null where the role may not see it
record ArchivingRules(DatabaseRegistration registration, ServerFacts facts, ServerView.@Nullable Archiver archiver) {
    /// One is on its way while a server is busy, and a few wait after a restart of a worker.
    private static final int MANY = 8;

    private static final String RELOAD = "SELECT pg_reload_conf();";

    CheckResult judge() {
        return registration.policy().pushWal() ? pushed(registration.id()) : notPushed();
    }

    private CheckResult notPushed() {
        boolean archives = !facts.archiveMode().equals("off");
        if (archives && archiver != null && archiver.failing()) {
            return warning(
                    CheckId.ARCHIVING,
                    "archive_mode is " + facts.archiveMode() + " and archive_command fails (" + archiver.failures()
                            + " times so far), so the server keeps WAL until its disk is full",
                    "See the server's log for what archive_command says, and mend or unset it:\n"
                            + "ALTER SYSTEM RESET archive_command;\n" + RELOAD);
        }
        if (registration.policy().streamWal()) {
            return ok(
                    CheckId.ARCHIVING,
                    "wal is streamed; archive_mode is " + facts.archiveMode()
                            + (archives ? " and serves somebody else" : ""));
        }
        return failed(
                CheckId.ARCHIVING,
                FailureCode.WAL_GAP,
                "the policy neither streams WAL nor has it pushed: no backup completes",
                "Set streamWal: true or pushWal: true in the policy of database " + registration.id() + ".");
    }

    private CheckResult pushed(DatabaseId database) {
        String setup = "walkback wal setup " + database + " --apply --admin-url postgresql://...";
        if (facts.archiveMode().equals("off")) {
            return failed(
                    CheckId.ARCHIVING,
                    FailureCode.POSTGRES_SETTING,
                    "the policy has WAL pushed, and archive_mode is off",
                    setup + "\nThen restart the server.");
        }
        if (archiver == null) {
            return skipped(CheckId.ARCHIVING, "the role may not see the archiver");
        }
        if (!archiver.command().contains("/wal/" + database)) {
            return failed(
                    CheckId.ARCHIVING,
                    FailureCode.POSTGRES_SETTING,
                    "the policy has WAL pushed, and archive_command does not name /wal/" + database,
                    setup);
        }
        // A command that ends above 125 or by a signal counts as no failure (pitfall 13), so what waits counts too.
        if (archiver.failing() || archiver.waiting() > MANY) {
            return failed(
                    CheckId.ARCHIVING,
                    FailureCode.WAL_GAP,
                    (archiver.waiting() < 0 ? "WAL files" : archiver.waiting() + " WAL files")
                            + " wait to be pushed, and archive_command failed " + archiver.failures()
                            + " times so far; the server keeps them until its disk is full",
                    "See the server's log for what walkback-archive says.");
        }
        if (archiver.timeoutSeconds() == 0) {
            return warning(
                    CheckId.ARCHIVING,
                    "wal is pushed, and archive_timeout is 0: an idle database's last changes are pushed only once a"
                            + " segment is full",
                    "ALTER SYSTEM SET archive_timeout = '300';\n" + RELOAD);
        }
        return ok(
                CheckId.ARCHIVING,
                "wal is pushed, at the latest " + archiver.timeoutSeconds() + " s after it was written"
                        + (archiver.waiting() < 0 ? "" : "; " + archiver.waiting() + " files wait"));
    }
}

package io.walkback.cli;

import io.walkback.client.RetentionView;
import io.walkback.client.RetentionView.Reason;
import io.walkback.client.RetentionView.Tally;
import java.util.stream.Collectors;

/// A retention plan for people.
final class RetentionText {
    private final Session session;

    RetentionText(Session session) {
        this.session = session;
    }

    void plan(RetentionView plan) {
        say("database " + plan.database() + ", retention " + plan.policy().retention());
        if (plan.locks() != null) {
            say("  immutability " + plan.policy().immutability() + ": " + plan.locks());
        }
        plan.backups().forEach(this::backup);
        plan.wal()
                .forEach(wal -> say("  " + Texts.lower(wal.fate()) + "  wal " + wal.from() + " to " + wal.to()
                        + " on timeline " + wal.timeline() + ": " + wal.reason()));
    }

    /// What would be deleted, and nothing else.
    void deletes(RetentionView plan) {
        plan.backups().stream()
                .filter(decision -> decision.fate().equals("EXPIRE"))
                .forEach(this::backup);
        say("would delete " + text(plan.deletes().total()) + ": manifests "
                + text(plan.deletes().manifests()) + ", packs "
                + text(plan.deletes().packs()) + ", digests "
                + text(plan.deletes().digests()) + ", wal "
                + text(plan.deletes().wal()));
        say("too young to be deleted: " + text(plan.deletes().waiting()));
    }

    private void backup(RetentionView.Decision decision) {
        say("  " + Texts.lower(decision.fate()) + "  " + decision.backupId() + ": "
                + decision.reasons().stream().map(Reason::text).collect(Collectors.joining("; ")));
    }

    private static String text(Tally tally) {
        return tally.objects() + " objects, " + Bytes.text(tally.bytes());
    }

    private void say(String line) {
        session.output().text(line);
    }
}

package io.walkback.restore.replay;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.control.ClusterState;
import io.walkback.postgres.control.ControlFile;
import io.walkback.postgres.wal.TransactionEnd;
import io.walkback.repository.wal.WalArchive;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.Stop;
import io.walkback.restore.plan.WalProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a recovery has really reached, read from the stopped copy and held against the plan (pitfall 41).
///
/// The truth is on disk and needs no login: `pg_control` says that the server left recovery and on which timeline;
/// that timeline's history file says where it left its parent; the archive says which transactions lie on either
/// side.
///
/// @param reached replayed up to here
/// @param reachedTime time of the last commit before that, null when there was none
/// @param timeline the copy's own, new one
public record Verdict(Lsn reached, @Nullable Instant reachedTime, TimelineId timeline) {
    /// Reads and checks; `RECOVERY_FAILED` says what does not fit.
    public static Verdict of(RestorePlan plan, WalArchive archive) {
        ControlFile control = ControlFile.parse(read(plan.directory().resolve("global/pg_control")));
        require(
                control.systemIdentifier().equals(plan.system()),
                "system identifier " + control.systemIdentifier() + " instead of " + plan.system());
        require(
                control.state() == ClusterState.SHUT_DOWN,
                "state '" + control.state().text() + "' after its shutdown");
        TimelineId timeline = control.timeline();
        require(
                timeline.compareTo(plan.timeline()) > 0,
                "timeline " + timeline + ", so it was not promoted from " + plan.timeline());
        Path file = plan.directory().resolve("pg_wal").resolve(timeline.historyFileName());
        List<TimelineHistory.Branch> ancestors =
                TimelineHistory.parse(timeline, read(file)).ancestors();
        require(
                !ancestors.isEmpty() && ancestors.getLast().timeline().equals(plan.timeline()),
                "a timeline " + timeline + " that does not come from " + plan.timeline());
        Lsn reached = ancestors.getLast().end();
        WalProbe probe = new WalProbe(archive, plan.major(), plan.system(), plan.wal());
        WalProbe.Surroundings around = probe.around(reached);
        require(!reached.isBefore(plan.consistent()), "an end at " + reached + ", before " + plan.consistent());
        requireStop(plan, reached, around);
        Instant commit = around.commit() != null
                ? around.commit()
                : probe.newestCommitBefore(Long.divideUnsigned(
                                reached.bytes(), plan.wal().next().size()))
                        .orElse(null);
        return new Verdict(reached, commit, timeline);
    }

    /// Recovery ended where it was told to, and not one record earlier or later. What lies around the end is asked
    /// of the archive: the server's word would be the same whatever it replayed.
    static void requireStop(RestorePlan plan, Lsn reached, WalProbe.Surroundings around) {
        switch (plan.stop()) {
            case Stop.Consistent _ ->
                require(
                        around.previousRecord() == null
                                || around.previousRecord().isBefore(plan.consistent()),
                        "an end at " + reached + ", more than a record past " + plan.consistent());
            case Stop.Position(Lsn lsn, boolean inclusive)
            when inclusive -> {
                require(
                        reached.isAfter(lsn)
                                && (around.lastRecord() == null
                                        || !around.lastRecord().isBefore(lsn)),
                        "an end at " + reached + ", not past the record at " + lsn);
                require(
                        around.previousRecord() == null
                                || around.previousRecord().isBefore(lsn),
                        "an end at " + reached + ", more than a record past " + lsn);
            }
            case Stop.Position(Lsn lsn, boolean _) -> {
                require(
                        around.lastRecord() == null || around.lastRecord().isBefore(lsn),
                        "an end at " + reached + ", past " + lsn);
                require(
                        around.nextRecord() == null || !around.nextRecord().isBefore(lsn),
                        "an end at " + reached + ", a record or more before " + lsn);
            }
            case Stop.Time(Instant time, boolean inclusive) -> {
                require(
                        around.before() == null || isKept(around.before(), time, inclusive),
                        "a transaction of " + (inclusive ? "after " : "not before ") + time);
                require(
                        around.after() == null || !isKept(around.after(), time, inclusive),
                        "an end at " + reached + ", before another transaction of "
                                + (inclusive ? "not after " : "before ") + time);
            }
        }
    }

    private static boolean isKept(TransactionEnd transaction, Instant time, boolean inclusive) {
        return inclusive
                ? !transaction.time().isAfter(time)
                : transaction.time().isBefore(time);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new OperatorActionException(
                    FailureCode.RECOVERY_FAILED,
                    "the restored server has " + otherwise,
                    "Do not use this copy; it stays marked incomplete. Keep it and its log, and report this.");
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw FileFailures.of("read", file, failure);
        }
    }
}

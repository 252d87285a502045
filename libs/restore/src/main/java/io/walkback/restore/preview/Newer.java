package io.walkback.restore.preview;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.plan.Vanishing;
import io.walkback.postgres.control.ControlFile;
import io.walkback.restore.plan.CommitsAfter;
import io.walkback.restore.plan.RestorePlan;
import java.time.Instant;
import java.util.Optional;

/// What was committed after the target: by the WAL in the repository, and by the control file of the cluster that
/// is in the directory.
final class Newer {
    private Newer() {}

    static Vanishing than(
            RestorePlan plan, RecoveryTarget target, CommitsAfter after, Optional<ControlFile> present, boolean runs) {
        StringBuilder text = new StringBuilder();
        Long commits = after.count();
        Instant first = after.first();
        if (commits == null) {
            text.append("more wal lies after the target than is counted here");
            text.append(after.last() == null ? "" : "; the newest commit is of " + after.last());
        } else if (commits == 0) {
            text.append("the repository has no commit after the target");
        } else {
            text.append(commits)
                    .append(commits == 1 ? " transaction was" : " transactions were")
                    .append(" committed after the target, from ")
                    .append(first)
                    .append(" to ")
                    .append(after.last());
        }
        Lsn end = plan.wal().end();
        if (present.isPresent() && present.get().systemIdentifier().equals(plan.system())) {
            text.append(beyond(plan, present.get(), end, runs));
        } else if (target instanceof RecoveryTarget.Latest) {
            text.append("; what was committed after ").append(end).append(" is not in the repository");
        }
        return new Vanishing(commits, first, after.last(), end.toString(), text.toString());
    }

    /// What the cluster in the directory may have that the repository does not.
    private static String beyond(RestorePlan plan, ControlFile control, Lsn end, boolean runs) {
        TimelineId timeline = control.timeline();
        if (!timeline.equals(plan.wal().history().timeline())) {
            return "; the cluster that is there is on timeline " + timeline
                    + ", and what it committed there is not counted";
        }
        return control.checkpoint().isAfter(end)
                ? "; the cluster that is there wrote wal up to " + control.checkpoint()
                        + " at least, and the repository" + " ends at " + end
                        + ": what it committed in between is in that directory only"
                : "; how far past its checkpoint at " + control.checkpoint() + " the cluster that is there "
                        + (runs ? "is" : "was") + ", nobody has asked it";
    }
}

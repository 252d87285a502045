package io.walkback.backup.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.replication.ReplicationConnection;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the history files of a server's timeline and of its ancestors into the repository. Stateless.
final class Timelines {
    private static final Logger LOG = LoggerFactory.getLogger(Timelines.class);

    private Timelines() {}

    /// The history of `timeline`, once its file is in the repository; its ancestors' files too, as far as the
    /// server still has them.
    ///
    /// @param more opens a connection for an ancestor's file: a missing one costs the connection
    static TimelineHistory archived(
            ReplicationConnection connection,
            TimelineId timeline,
            Archiver archiver,
            Supplier<ReplicationConnection> more) {
        if (timeline.equals(TimelineId.FIRST)) {
            return TimelineHistory.root(timeline);
        }
        byte[] file = connection.timelineHistory(timeline);
        TimelineHistory history = TimelineHistory.parse(timeline, file);
        for (TimelineHistory.Branch ancestor : history.ancestors()) {
            if (!ancestor.timeline().equals(TimelineId.FIRST)
                    && archiver.archive().findHistory(ancestor.timeline()).isEmpty()) {
                ancestor(ancestor.timeline(), archiver, more);
            }
        }
        archiver.history(timeline, file);
        return history;
    }

    private static void ancestor(TimelineId timeline, Archiver archiver, Supplier<ReplicationConnection> more) {
        byte[] file;
        try (ReplicationConnection connection = more.get()) {
            file = connection.timelineHistory(timeline);
        } catch (PlatformException fault) {
            if (fault.code() != FailureCode.WAL_SLOT_LOST && fault.code() != FailureCode.POSTGRES_PROTOCOL) {
                throw fault;
            }
            // A server that was itself restored may lack it. The youngest file names all branch points.
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("timeline", timeline)
                    .log("server has no history file of an ancestor");
            return;
        }
        archiver.history(timeline, file);
    }

    /// The history of a timeline as the server has it; nothing is stored.
    static TimelineHistory known(ReplicationConnection connection, TimelineId timeline) {
        return timeline.equals(TimelineId.FIRST)
                ? TimelineHistory.root(timeline)
                : TimelineHistory.parse(timeline, connection.timelineHistory(timeline));
    }

    /// The history of a timeline out of that of a descendant.
    static TimelineHistory upTo(TimelineHistory newest, TimelineId timeline) {
        if (newest.timeline().equals(timeline)) {
            return newest;
        }
        StringBuilder lines = new StringBuilder();
        for (TimelineHistory.Branch branch : newest.ancestors()) {
            if (branch.timeline().compareTo(timeline) < 0) {
                lines.append(branch.timeline())
                        .append('\t')
                        .append(branch.end())
                        .append('\n');
            }
        }
        return TimelineHistory.parse(timeline, lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}

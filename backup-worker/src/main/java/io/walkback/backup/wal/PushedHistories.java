package io.walkback.backup.wal;

import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.Severity;
import io.walkback.postgres.replication.ReplicationConnection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The history that pushed WAL is read by: the archived file, else the server's, else what the segment itself
/// shows. Thread-safe; remembers one moment per timeline whose history is missing.
final class PushedHistories {
    private static final Logger LOG = LoggerFactory.getLogger(PushedHistories.class);
    /// A server that has no such file, or cannot be reached, is not asked again for each segment.
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private static final int PAGE = 8192;
    private static final int TIMELINE_AT = 4;

    private record Missing(DatabaseRegistration registration, TimelineId timeline) {}

    private final ServerAccess servers;
    private final Map<Missing, Long> askedNanos = new ConcurrentHashMap<>();

    PushedHistories(ServerAccess servers) {
        this.servers = servers;
    }

    /// The history of a segment's timeline. Where it is neither archived nor to be had, that is told as a finding,
    /// and the segment's own pages say which timelines they are of.
    TimelineHistory of(DatabaseRegistration registration, Archiver archiver, WalSegment segment, SegmentSpool spool) {
        return known(registration, archiver, segment.timeline()).orElseGet(() -> shown(segment, spool.read()));
    }

    /// The history of a timeline; empty where it is neither archived nor to be had, which is told as a finding.
    Optional<TimelineHistory> known(DatabaseRegistration registration, Archiver archiver, TimelineId timeline) {
        if (timeline.equals(TimelineId.FIRST)) {
            return Optional.of(TimelineHistory.root(timeline));
        }
        return archived(archiver, timeline).or(() -> fetched(registration, archiver, timeline));
    }

    private static Optional<TimelineHistory> archived(Archiver archiver, TimelineId timeline) {
        return archiver.archive().findHistory(timeline).map(file -> TimelineHistory.parse(timeline, file.readAll()));
    }

    private Optional<TimelineHistory> fetched(
            DatabaseRegistration registration, Archiver archiver, TimelineId timeline) {
        Missing missing = new Missing(registration, timeline);
        Long asked = askedNanos.get(missing);
        if (asked != null && System.nanoTime() - asked < PAUSE.toNanos()) {
            return Optional.empty();
        }
        try (ReplicationConnection connection = connect(registration)) {
            Clusters.requireRegistered(
                    registration.withSystem(archiver.system()),
                    connection.identifySystem().identifier());
            TimelineHistory history = Timelines.archived(connection, timeline, archiver, () -> connect(registration));
            askedNanos.remove(missing);
            return Optional.of(history);
        } catch (PlatformException fault) {
            if (fault.code() == FailureCode.WAL_CONFLICT) {
                throw fault;
            }
            askedNanos.put(missing, System.nanoTime());
            declare(archiver, timeline, fault);
            return Optional.empty();
        }
    }

    private static void declare(Archiver archiver, TimelineId timeline, PlatformException fault) {
        LOG.atWarn()
                .setCause(fault)
                .addKeyValue("timeline", timeline)
                .log("wal came before the history of its timeline, and the server did not give it");
        archiver.tell(
                Severity.ERROR,
                timeline.historyFileName(),
                new OperatorActionException(
                        FailureCode.WAL_GAP,
                        "wal of timeline " + timeline + " is archived, and " + timeline.historyFileName() + " is not: "
                                + fault.text(),
                        "Recovery does not find that timeline without it. Push the file from pg_wal of the server:"
                                + " walkback-archive pg_wal/" + timeline.historyFileName() + " "
                                + timeline.historyFileName()));
    }

    private ReplicationConnection connect(DatabaseRegistration registration) {
        return servers.replication(registration, "walkback_history");
    }

    /// The branch points as far as the pages of one segment show them, to the page: enough to check that segment.
    static TimelineHistory shown(WalSegment segment, InputStream content) {
        StringBuilder lines = new StringBuilder();
        byte[] page = new byte[PAGE];
        int before = 0;
        try {
            for (long at = 0; content.readNBytes(page, 0, PAGE) == PAGE; at += PAGE) {
                int timeline =
                        ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).getInt(TIMELINE_AT);
                if (before != 0 && timeline != 0 && timeline != before) {
                    lines.append(Integer.toUnsignedString(before))
                            .append('\t')
                            .append(segment.start().plus(at))
                            .append('\n');
                }
                before = timeline == 0 ? before : timeline;
            }
        } catch (IOException unreadable) {
            throw new CorruptDataException(
                    FailureCode.WAL_INVALID,
                    "the spool of wal segment " + segment + " cannot be read back: " + unreadable.getMessage(),
                    "See the disk of WAL_ARCHIVE_DIR. Nothing was stored; the server pushes it again.",
                    unreadable);
        }
        if (before != 0 && before != segment.timeline().value()) {
            lines.append(Integer.toUnsignedString(before))
                    .append('\t')
                    .append(segment.end())
                    .append('\n');
        }
        return TimelineHistory.parse(segment.timeline(), lines.toString().getBytes(StandardCharsets.US_ASCII));
    }
}

package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.plan.PlannedRestore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an attempt found out, as the log keeps it and events tell it.
public sealed interface Facts {
    /// A base backup whose manifest is committed.
    ///
    /// @param start REDO position of the checkpoint that the backup starts from
    /// @param stop end position: WAL from `start` to here makes the copy consistent
    /// @param walSegmentSize bytes per WAL segment of this cluster
    /// @param sizeBytes plain bytes of all files
    /// @param storedBytes bytes that this backup added to the repository
    /// @param manifestDigest `sha256:` and 64 hexadecimal digits
    /// @param pageChecksumErrors relation pages that did not match their checksum
    record BackedUp(
            BackupId backup,
            SystemIdentifier system,
            int serverVersion,
            TimelineId timeline,
            Lsn start,
            Lsn stop,
            int walSegmentSize,
            long sizeBytes,
            long storedBytes,
            String manifestDigest,
            Instant startedAt,
            Instant copiedAt,
            long pageChecksumErrors)
            implements Facts {}

    /// A logical backup whose manifest is committed. It needs no WAL, and recovery never starts from it.
    ///
    /// @param start where the server's log was before the first dump began
    /// @param stop where it was after the last one
    /// @param sizeBytes plain bytes of all files
    /// @param storedBytes bytes that this backup added to the repository
    /// @param manifestDigest `sha256:` and 64 hexadecimal digits
    record Dumped(
            BackupId backup,
            SystemIdentifier system,
            int serverVersion,
            TimelineId timeline,
            Lsn start,
            Lsn stop,
            int walSegmentSize,
            long sizeBytes,
            long storedBytes,
            String manifestDigest,
            Instant startedAt,
            Instant copiedAt)
            implements Facts {}

    /// A restore that reached its target.
    ///
    /// @param reached null when nothing was started
    /// @param reachedTime commit time of the last transaction replayed, null when there was none
    /// @param phaseSeconds wall seconds by phase: plan, fetch, recover, promote
    /// @param bytes plain bytes of all files
    /// @param socket directory of the restored server's unix socket, null when nothing was started
    /// @param keptBytes how many of `bytes` a delta restore found in the directory and kept; null for other
    /// restores
    record Restored(
            BackupId backup,
            @Nullable Lsn reached,
            @Nullable Instant reachedTime,
            TimelineId timeline,
            String host,
            String directory,
            long bytes,
            Map<String, Double> phaseSeconds,
            @Nullable String socket,
            @Nullable Long keptBytes)
            implements Facts {
        public Restored {
            phaseSeconds = Map.copyOf(phaseSeconds);
        }
    }

    /// A restore that was asked to plan only. Nothing was changed.
    record Planned(PlannedRestore plan) implements Facts {}

    /// A verification that read everything it was asked to.
    ///
    /// @param findings faults found; 0 means that every byte matched
    /// @param firstFinding the first fault in words, null when there was none
    record Verified(
            long objects,
            long bytes,
            long findings,
            @Nullable String firstFinding) implements Facts {}

    /// A rehearsal that came to its end, whatever it says. One that could not is a failed attempt and says nothing.
    ///
    /// @param backup the backup that was rehearsed
    /// @param verdict what was proven, never `UNKNOWN`
    /// @param reason why it is not PROVEN; null if and only if it is
    /// @param object the object of the repository, or the relation, that is at fault; null where none can be named
    /// @param rtoMs from the claim to the first query, in milliseconds; checks are not part of it
    /// @param rpoMs changes lost, in milliseconds by the heartbeat row; null where nothing could measure it
    /// @param phaseSeconds the parts of `rtoMs` in seconds: provision, fetch, verify, replay, promote, first_query
    /// @param proofMs what the checks took after the first query, in milliseconds
    /// @param bytes plain bytes of all files
    /// @param walBytes bytes of WAL replayed
    /// @param reached where recovery ended; null when it did not come to an end
    /// @param reachedTime commit time of the last transaction replayed, null when there was none
    /// @param timeline the timeline that was followed; null when recovery did not come to an end
    /// @param isolation how the scratch cluster was kept apart (P7)
    /// @param notCovered what was not checked, at most [#MOST_NOT_COVERED] lines; see [#bounded]
    /// @param reportDigest digest of the signed report, null when none could be written
    /// @param host where it ran
    record Rehearsed(
            BackupId backup,
            Verdict verdict,
            @Nullable String reason,
            @Nullable String object,
            long rtoMs,
            @Nullable Long rpoMs,
            Map<String, Double> phaseSeconds,
            long proofMs,
            long bytes,
            long walBytes,
            @Nullable Lsn reached,
            @Nullable Instant reachedTime,
            @Nullable TimelineId timeline,
            String isolation,
            List<String> notCovered,
            @Nullable String reportDigest,
            String host)
            implements Facts {
        public static final int MOST_NOT_COVERED = 100;

        public Rehearsed {
            phaseSeconds = Map.copyOf(phaseSeconds);
            notCovered = bounded(notCovered);
        }

        /// The first lines, and one at the end that says how many more there are.
        public static List<String> bounded(List<String> lines) {
            if (lines.size() <= MOST_NOT_COVERED) {
                return List.copyOf(lines);
            }
            List<String> first = new ArrayList<>(lines.subList(0, MOST_NOT_COVERED - 1));
            first.add("and " + (lines.size() - first.size()) + " more");
            return List.copyOf(first);
        }
    }

    /// An expiry that deleted what it could.
    ///
    /// @param backups backups whose manifest went
    /// @param objects objects deleted, manifests included
    /// @param bytes stored bytes of these
    /// @param retained objects that a lock of the store still keeps; a later run tries again
    record Expired(long backups, long objects, long bytes, long retained) implements Facts {}
}

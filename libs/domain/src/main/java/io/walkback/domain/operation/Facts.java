package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.time.Instant;
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

    /// A verification that read everything it was asked to.
    ///
    /// @param findings faults found; 0 means that every byte matched
    /// @param firstFinding the first fault in words, null when there was none
    record Verified(
            long objects,
            long bytes,
            long findings,
            @Nullable String firstFinding) implements Facts {}

    /// An expiry that deleted what it could.
    ///
    /// @param backups backups whose manifest went
    /// @param objects objects deleted, manifests included
    /// @param bytes stored bytes of these
    /// @param retained objects that a lock of the store still keeps; a later run tries again
    record Expired(long backups, long objects, long bytes, long retained) implements Facts {}
}

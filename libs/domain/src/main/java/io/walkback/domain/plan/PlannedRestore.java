package io.walkback.domain.plan;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a restore would do, as it is shown to whoever decides about it.
///
/// A document and no input of anything: names and positions are text, as PostgreSQL and the API write them. The
/// worker that restores makes its own plan, and compares the digest.
///
/// @param digest          `sha256:` and 64 hexadecimal digits over what an approver decides on, docs/restore.md
/// @param system          system identifier of the cluster
/// @param major           15 to 18
/// @param target          as it was asked for
/// @param exclusive       recovery ends just before the target
/// @param stopAt          where PostgreSQL will be told to stop
/// @param timeline        the one that is followed
/// @param newTimeline     the one that the copy will begin; null where no server is started
/// @param walFrom         where replay begins
/// @param consistentAt    the copy can be opened from here on
/// @param walTo           how far the WAL that may be replayed reaches
/// @param walSegments     how many segments that is, the unfinished one counted
/// @param walBytes        bytes of WAL between the first and the stop; an upper bound for a time
/// @param mode            `empty`, `delta` or `in place`
/// @param starts          a server is started
/// @param bytes           plain bytes of all files
/// @param rooms           by filesystem
/// @param expectedSeconds about
/// @param measured        whether the rates behind that were measured here; otherwise they are assumed
/// @param present         what the directory holds; null: nothing
/// @param vanishing       what is newer than the target
/// @param connections     clients of a server that runs there, replication not counted; null: it cannot be told
/// @param checks          in a fixed order
/// @param notes           what a person should know and may not expect
public record PlannedRestore(
        String digest,
        String database,
        String system,
        int major,
        String backup,
        String target,
        boolean exclusive,
        String stopAt,
        long timeline,
        @Nullable Long newTimeline,
        String walFrom,
        String consistentAt,
        String walTo,
        long walSegments,
        long walBytes,
        String host,
        String directory,
        Map<String, String> tablespaces,
        String mode,
        boolean starts,
        long bytes,
        List<Room> rooms,
        long expectedSeconds,
        boolean measured,
        @Nullable PresentCluster present,
        Vanishing vanishing,
        @Nullable Integer connections,
        List<PreflightCheck> checks,
        List<String> notes) {
    public PlannedRestore {
        tablespaces = Map.copyOf(tablespaces);
        rooms = List.copyOf(rooms);
        checks = List.copyOf(checks);
        notes = List.copyOf(notes);
    }

    /// Space on one filesystem.
    ///
    /// @param uses   the directories of the restore on it
    /// @param needed bytes
    /// @param free   bytes, with what the restore writes over
    public record Room(String filesystem, List<String> uses, long needed, long free) {
        public Room {
            uses = List.copyOf(uses);
        }
    }

    public PlannedRestore withDigest(String digest) {
        return new PlannedRestore(
                digest,
                database,
                system,
                major,
                backup,
                target,
                exclusive,
                stopAt,
                timeline,
                newTimeline,
                walFrom,
                consistentAt,
                walTo,
                walSegments,
                walBytes,
                host,
                directory,
                tablespaces,
                mode,
                starts,
                bytes,
                rooms,
                expectedSeconds,
                measured,
                present,
                vanishing,
                connections,
                checks,
                notes);
    }

    /// The first check that stands in the way, null when there is none.
    public @Nullable PreflightCheck refusal() {
        return checks.stream()
                .filter(check -> check.outcome() == PreflightCheck.Outcome.REFUSED)
                .findFirst()
                .orElse(null);
    }
}

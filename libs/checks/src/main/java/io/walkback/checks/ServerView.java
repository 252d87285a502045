package io.walkback.checks;

import io.walkback.domain.PlatformException;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.connection.SlotStatus;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What was seen of a server in one look.
///
/// @param slot        the slot of this database, empty while there is none
/// @param skew        how far the server's clock is from ours beyond what the question took; negative: behind
/// @param archiver    null where the role may not see it
/// @param synchronous whom commits wait for
/// @param amcheck     whether `amcheck` can be installed, so that restored copies can be proven
/// @param encrypted   whether the walsender connection is; null when there was none
/// @param replication why no walsender connection could be opened, null if one could
record ServerView(
        ServerFacts facts,
        Optional<SlotStatus> slot,
        Duration skew,
        @Nullable Archiver archiver,
        Synchronous synchronous,
        boolean amcheck,
        @Nullable Boolean encrypted,
        @Nullable PlatformException replication) {
    /// @param failing        the newest attempt of `archive_command` failed
    /// @param waiting        how many files wait to be archived; -1 where the role may not see it
    /// @param command        `archive_command`
    /// @param timeoutSeconds `archive_timeout`; 0: none
    record Archiver(boolean failing, long failures, long waiting, String command, int timeoutSeconds) {}

    /// @param names     `synchronous_standby_names`
    /// @param commit    `synchronous_commit`, as a session has it that says nothing else
    /// @param receivers walsenders that a receiver of ours reads now
    record Synchronous(String names, String commit, int receivers) {}
}

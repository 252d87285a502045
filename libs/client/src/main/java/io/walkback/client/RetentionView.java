package io.walkback.client;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What becomes of a database's backups and WAL under one policy.
///
/// @param at    when it was looked at
/// @param locks what the policy's locks mean beside its retention, one sentence; null from an older service
public record RetentionView(
        String database,
        Instant at,
        DatabaseView.Policy policy,
        @Nullable String locks,
        List<Decision> backups,
        List<Wal> wal,
        Deletes deletes) {
    /// @param fate `KEEP` or `EXPIRE`
    public record Decision(String backupId, String fate, List<Reason> reasons) {}

    public record Reason(String rule, String text) {}

    /// A stretch of WAL.
    ///
    /// @param from     first byte
    /// @param to       first byte after it
    /// @param neededBy the backup that keeps it, null: none
    public record Wal(
            String systemIdentifier,
            long timeline,
            String from,
            String to,
            String fate,
            @Nullable String neededBy,
            String reason) {}

    /// What an expiry would delete now.
    ///
    /// @param waiting what nothing holds and is too young to be deleted
    public record Deletes(Tally manifests, Tally packs, Tally digests, Tally wal, Tally total, Tally waiting) {}

    /// Objects and their stored bytes.
    public record Tally(long objects, long bytes) {}
}

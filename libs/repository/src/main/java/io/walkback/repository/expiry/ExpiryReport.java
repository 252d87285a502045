package io.walkback.repository.expiry;

import io.walkback.domain.BackupId;
import java.util.List;

/// What an expiry deleted, or would delete.
///
/// @param backups each backup that retention lets go and whose manifest was there, or was marked
/// @param manifests manifests of these
/// @param packs packs that no other backup holds
/// @param digests page digests of these packs
/// @param wal WAL segments and pieces of segments
/// @param waiting objects of all kinds that nothing holds and that are too young to go
/// @param retained how many objects a lock of the store keeps; a later run tries again
public record ExpiryReport(
        List<Fate> backups, Tally manifests, Tally packs, Tally digests, Tally wal, Tally waiting, long retained) {
    /// What came of one backup.
    ///
    /// @param reason why retention lets it go
    public record Fate(BackupId backup, Outcome outcome, String reason) {}

    /// How it went.
    public enum Outcome {
        /// It would go now.
        WOULD_GO,
        /// Its manifest is gone.
        REMOVED,
        /// Something that lives needs it; the log refused the mark.
        NEEDED,
        /// It is marked, and a lock of the store keeps its manifest; a later run tries again.
        RETAINED
    }

    static final ExpiryReport NOTHING =
            new ExpiryReport(List.of(), Tally.NOTHING, Tally.NOTHING, Tally.NOTHING, Tally.NOTHING, Tally.NOTHING, 0);

    public ExpiryReport {
        backups = List.copyOf(backups);
    }

    /// Everything deleted.
    public Tally total() {
        return manifests.plus(packs).plus(digests).plus(wal);
    }

    ExpiryReport plus(Tally morePacks, Tally moreDigests, Tally moreWal, Sweep sweep) {
        return new ExpiryReport(
                backups,
                manifests,
                packs.plus(morePacks),
                digests.plus(moreDigests),
                wal.plus(moreWal),
                waiting.plus(sweep.waiting()),
                retained + sweep.retained());
    }

    ExpiryReport with(List<Fate> fates, Tally removed) {
        long locked = fates.stream()
                .filter(fate -> fate.outcome() == Outcome.RETAINED)
                .count();
        return new ExpiryReport(fates, removed, packs, digests, wal, waiting, retained + locked);
    }
}

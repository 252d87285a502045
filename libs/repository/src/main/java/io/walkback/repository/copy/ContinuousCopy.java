package io.walkback.repository.copy;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps one copy of a repository up to date, round by round, and knows how far behind it is for each database.
///
/// A round lists the source and asks the target only for what was stored since the round before, less [#MARGIN];
/// the first round, and one a day, compare everything. Which of two clocks is right does not matter: the dates
/// that are compared are all the source's. If that clock is set back by more than the margin, what is stored until
/// it has caught up waits for the day's comparison.
///
/// [#round] for one thread, the others for any. Memory: some 100 bytes a database and a backup.
public final class ContinuousCopy implements AutoCloseable {
    /// An object may be listed later than its date says: S3 dates a multipart upload by its beginning.
    static final Duration MARGIN = Duration.ofHours(1);

    static final Duration COMPARISON = Duration.ofDays(1);

    private final Repository source;
    private final Supplier<BlobStore> place;
    private final Clock clock;
    private final Instant begun;
    private final Map<DatabaseId, Progress> progress = new ConcurrentHashMap<>();
    private @Nullable BlobStore target;

    /// @param completeAsOf everything stored before is in the copy
    /// @param newest       date of the newest object that was seen
    /// @param comparedAt   when everything was compared last
    /// @param backups      whole in the copy since then
    private record Progress(Instant completeAsOf, Instant newest, Instant comparedAt, Set<BackupId> backups) {
        private Progress {
            backups = Set.copyOf(backups);
        }
    }

    /// @param place opens the copy, and fails as a store does while it is away; asked until it has answered once
    public ContinuousCopy(Repository source, Supplier<BlobStore> place, Clock clock) {
        this.source = source;
        this.place = place;
        this.clock = clock;
        this.begun = clock.instant();
    }

    /// Every database that the source knows now.
    public List<DatabaseId> databases() {
        return source.databases();
    }

    /// Copies what a database has stored since the last round. One that could not copy everything counts as none:
    /// the next looks at the same objects again. Failures as [RepositoryCopy#run].
    public CopyReport round(DatabaseId database) {
        Instant start = clock.instant();
        Progress before = known(database);
        boolean compares = !start.isBefore(before.comparedAt().plus(COMPARISON));
        Instant since = compares ? Instant.EPOCH : before.newest().minus(MARGIN);
        CopyReport report = new RepositoryCopy(source, target(), _ -> {}).run(List.of(database), since);
        Set<BackupId> backups = new HashSet<>(compares ? Set.of() : before.backups());
        backups.addAll(report.backups());
        progress.put(
                database,
                report.isComplete()
                        ? new Progress(start, report.newest(), compares ? start : before.comparedAt(), backups)
                        : new Progress(before.completeAsOf(), before.newest(), before.comparedAt(), backups));
        return report;
    }

    /// The backups that rounds saw whole in the copy since the last comparison. Some may have expired since.
    public Set<BackupId> backups(DatabaseId database) {
        return known(database).backups();
    }

    /// How long ago everything that the database had stored was in the copy; counted from the construction of this
    /// object until a first round has ended well.
    public Duration lag(DatabaseId database) {
        return Duration.between(known(database).completeAsOf(), clock.instant());
    }

    private Progress known(DatabaseId database) {
        return progress.getOrDefault(database, new Progress(begun, Instant.EPOCH, Instant.EPOCH, Set.of()));
    }

    private BlobStore target() {
        BlobStore open = target == null ? place.get() : target;
        target = open;
        return open;
    }

    /// Closes the target, once no round runs any more.
    @Override
    public void close() {
        if (target != null) {
            target.close();
        }
    }
}

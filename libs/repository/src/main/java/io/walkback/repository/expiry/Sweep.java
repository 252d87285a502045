package io.walkback.repository.expiry;

import io.walkback.domain.KillPoint;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.retention.RetentionPlan;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes from one lineage what nothing holds. Streams its listings; holds [Manifests] and one batch.
final class Sweep {
    /// Objects deleted between two looks at the manifests: some seconds' work.
    static final int BATCH = 1_000;

    private static final Pattern PACK = Pattern.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([0-9a-f]{8})");
    private static final Pattern WAL =
            Pattern.compile("[0-9A-F]{8}/([0-9A-F]{24})(\\.partial/[0-9A-F]{16}-[0-9A-F]{16})?");

    private final Lineage lineage;
    private final RetentionPlan plan;
    private final Manifests manifests;
    private final Instant before;
    private final Deleter deleter;
    private Tally waiting = Tally.NOTHING;
    private long retained;

    /// What becomes of objects that may go.
    interface Deleter {
        /// Called before each batch.
        void begin() throws InterruptedException;

        /// Called before segments of a timeline are deleted that follow each other.
        ///
        /// @param to first position after them
        void walGoes(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) throws InterruptedException;

        /// False when a lock of the store keeps it.
        boolean delete(BlobKey key);
    }

    /// @param before what was stored then or later is left alone, by the store's clock
    Sweep(LineageRepository lineage, RetentionPlan plan, Manifests manifests, Instant before, Deleter deleter) {
        this.lineage = lineage.lineage();
        this.plan = plan;
        this.manifests = manifests;
        this.before = before;
        this.deleter = deleter;
    }

    Tally packs() throws InterruptedException {
        return sweep(lineage.packs(), this::isOrphan);
    }

    Tally digests() throws InterruptedException {
        return sweep(BlobPrefix.below(lineage.root().child("digests")), this::isOrphan);
    }

    Tally wal() throws InterruptedException {
        return sweep(BlobPrefix.below(lineage.root().child("wal")), this::isUnneeded);
    }

    /// What nothing holds and what is too young.
    Tally waiting() {
        return waiting;
    }

    /// What a lock keeps.
    long retained() {
        return retained;
    }

    private Tally sweep(BlobPrefix prefix, Predicate<BlobEntry> garbage) throws InterruptedException {
        Tally tally = Tally.NOTHING;
        List<BlobEntry> batch = new ArrayList<>(BATCH);
        try (BlobListing<BlobEntry> listing = lineage.store().list(prefix)) {
            while (listing.hasNext()) {
                BlobEntry entry = listing.next();
                if (!garbage.test(entry)) {
                    continue;
                }
                if (!entry.storedAt().isBefore(before)) {
                    waiting = waiting.plus(entry.size());
                    continue;
                }
                batch.add(entry);
                if (batch.size() == BATCH) {
                    tally = tally.plus(delete(batch, garbage));
                    batch.clear();
                }
            }
        }
        return tally.plus(delete(batch, garbage));
    }

    private Tally delete(List<BlobEntry> batch, Predicate<BlobEntry> garbage) throws InterruptedException {
        Tally tally = Tally.NOTHING;
        if (batch.isEmpty()) {
            return tally;
        }
        deleter.begin();
        // A backup may have been committed since the object was listed.
        manifests.refresh();
        List<BlobEntry> going = batch.stream().filter(garbage).toList();
        tellOfWal(going);
        for (BlobEntry entry : going) {
            if (deleter.delete(entry.key())) {
                tally = tally.plus(entry.size());
            } else {
                retained++;
            }
            KillPoint.at(KillPoint.EXPIRY_MID_SWEEP);
        }
        return tally;
    }

    /// Whole segments, in runs.
    private void tellOfWal(List<BlobEntry> going) throws InterruptedException {
        List<WalSegment> segments = going.stream()
                .map(entry -> WAL.matcher(below(entry.key())))
                .filter(name -> name.matches() && name.group(2) == null && WalSegment.isSegmentName(name.group(1)))
                .map(name -> WalSegment.parse(name.group(1), lineage.geometry().walSegmentSize()))
                .sorted()
                .toList();
        for (int first = 0, next; first < segments.size(); first = next) {
            next = first + 1;
            while (next < segments.size()
                    && segments.get(next).equals(segments.get(next - 1).next())) {
                next++;
            }
            WalSegment begin = segments.get(first);
            deleter.walGoes(
                    lineage.system(),
                    begin.timeline(),
                    begin.start(),
                    segments.get(next - 1).end());
        }
    }

    private boolean isOrphan(BlobEntry entry) {
        Matcher name = PACK.matcher(below(entry.key()));
        // What has another name is not ours to judge.
        return name.matches() && pack(name).map(pack -> !manifests.holds(pack)).orElse(false);
    }

    private static Optional<PackId> pack(Matcher name) {
        int number = Integer.parseUnsignedInt(name.group(2), 16);
        return number < 0 ? Optional.empty() : Optional.of(new PackId(UUID.fromString(name.group(1)), number));
    }

    private boolean isUnneeded(BlobEntry entry) {
        Matcher name = WAL.matcher(below(entry.key()));
        if (!name.matches() || !WalSegment.isSegmentName(name.group(1))) {
            return false;
        }
        WalSegment segment = WalSegment.parse(name.group(1), lineage.geometry().walSegmentSize());
        Lsn start = segment.start();
        Lsn end = segment.end();
        return plan.letsGo(lineage.system(), segment.timeline(), start, end, entry.storedAt())
                && manifests.needs().stream()
                        .noneMatch(need -> need.touches(lineage.system(), segment.timeline(), start, end));
    }

    /// The key below the lineage's folder of its kind.
    private String below(BlobKey key) {
        String rest = key.value().substring(lineage.root().value().length() + 1);
        return rest.substring(rest.indexOf('/') + 1);
    }
}

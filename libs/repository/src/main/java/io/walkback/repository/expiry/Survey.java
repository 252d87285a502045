package io.walkback.repository.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.WalExtent;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.BackupFacts.WalSpan;
import io.walkback.repository.manifest.BackupSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a repository has of one database at one moment: every committed backup, its WAL as stretches without
/// holes, and the store's clock. Some kilobytes a backup, and a bit for each WAL segment.
public final class Survey {
    private final Instant storeNow;
    private final List<LineageRepository> lineages;
    private final Map<BackupId, Committed> committed;
    private final List<WalExtent> wal;

    /// A backup whose manifest is there.
    record Committed(LineageRepository lineage, BackupSummary summary) {}

    private Survey(
            Instant storeNow,
            List<LineageRepository> lineages,
            Map<BackupId, Committed> committed,
            List<WalExtent> wal) {
        this.storeNow = storeNow;
        this.lineages = List.copyOf(lineages);
        this.committed = committed;
        this.wal = List.copyOf(wal);
    }

    static Survey of(BlobStore store, List<LineageRepository> lineages) {
        Map<BackupId, Committed> committed = new TreeMap<>();
        List<WalExtent> wal = new ArrayList<>();
        for (LineageRepository lineage : lineages) {
            for (BackupId backup : lineage.backups()) {
                lineage.findBackup(backup).ifPresent(summary -> {
                    if (committed.put(backup, new Committed(lineage, summary)) != null) {
                        throw mismatch("two clusters of one database have a backup '" + backup + "'");
                    }
                });
            }
            wal.addAll(extents(lineage.lineage()));
        }
        return new Survey(StoreClock.read(store), lineages, committed, wal);
    }

    public Instant storeNow() {
        return storeNow;
    }

    /// Stretches of complete segments. The time of each is the newest of its timeline.
    public List<WalExtent> wal() {
        return wal;
    }

    List<LineageRepository> lineages() {
        return lineages;
    }

    Optional<Committed> find(BackupId backup) {
        return Optional.ofNullable(committed.get(backup));
    }

    /// Throws `CATALOG_MISMATCH` unless catalog and manifests tell the same: a catalog that lags behind, or a
    /// repository that was changed behind it, must not decide what goes (F44).
    public void requireAgreement(Collection<Candidate> backups) {
        Map<BackupId, Candidate> known = new HashMap<>();
        backups.forEach(backup -> known.put(backup.id(), backup));
        committed.forEach((id, backup) -> {
            Candidate candidate = known.get(id);
            if (candidate == null) {
                throw mismatch("backup '" + id + "' is in the repository and not in the catalog");
            }
            boolean logical = backup.summary().facts().isLogical();
            if (candidate.logical() != logical) {
                throw mismatch("backup '" + id + "' is " + kind(candidate.logical()) + " in the catalog and "
                        + kind(logical) + " in the repository");
            }
            Span span = candidate.span();
            SystemIdentifier system = backup.lineage().lineage().system();
            WalSpan found = backup.summary().facts().wal();
            if (span != null && !agrees(span, system, found)) {
                throw mismatch("backup '" + id + "' is from " + span.start() + " to " + span.stop() + " of system "
                        + span.system() + " in the catalog, and from " + found.start() + " to " + found.stop()
                        + " of system " + system + " in the repository");
            }
        });
        for (Candidate backup : backups) {
            boolean promised = backup.stage() == Stage.COMPLETED || backup.stage() == Stage.AWAITING_WAL;
            if (promised && !committed.containsKey(backup.id())) {
                throw mismatch("backup '" + backup.id() + "' is " + backup.stage()
                        + " in the catalog and has no manifest in the repository");
            }
        }
    }

    /// Throws `CATALOG_MISMATCH` unless the manifest that is about to go is the one that was judged.
    static void requireSame(BackupSummary judged, BackupSummary now) {
        if (!judged.attempt().equals(now.attempt()) || judged.manifestSize() != now.manifestSize()) {
            throw mismatch("the manifest of backup '" + now.id() + "' is not the one that was judged: it is by attempt "
                    + now.attempt() + " instead of " + judged.attempt());
        }
    }

    private static String kind(boolean logical) {
        return logical ? "logical" : "physical";
    }

    private static boolean agrees(Span span, SystemIdentifier system, WalSpan wal) {
        return span.system().equals(system)
                && span.start().equals(wal.start())
                && span.stop().equals(wal.stop());
    }

    private static OperatorActionException mismatch(String message) {
        return new OperatorActionException(
                FailureCode.CATALOG_MISMATCH,
                message,
                "Nothing was deleted. See whether the catalog is up to date and who else writes to the repository.");
    }

    private static List<WalExtent> extents(Lineage lineage) {
        Map<TimelineId, BitSet> present = new TreeMap<>();
        Map<TimelineId, Instant> newest = new HashMap<>();
        int size = lineage.geometry().walSegmentSize();
        try (BlobListing<BlobEntry> listing =
                lineage.store().list(BlobPrefix.below(lineage.root().child("wal")))) {
            while (listing.hasNext()) {
                BlobEntry entry = listing.next();
                if (WalSegment.isSegmentName(entry.key().name())) {
                    WalSegment segment = WalSegment.parse(entry.key().name(), size);
                    present.computeIfAbsent(segment.timeline(), _ -> new BitSet())
                            .set(Math.toIntExact(segment.number()));
                    newest.merge(
                            segment.timeline(), entry.storedAt(), (one, other) -> one.isAfter(other) ? one : other);
                }
            }
        }
        List<WalExtent> extents = new ArrayList<>();
        present.forEach((timeline, segments) -> {
            for (int first = segments.nextSetBit(0); first >= 0; ) {
                int end = segments.nextClearBit(first);
                extents.add(new WalExtent(
                        lineage.system(),
                        timeline,
                        new WalSegment(timeline, first, size).start(),
                        new WalSegment(timeline, end - 1L, size).end(),
                        newest.getOrDefault(timeline, Instant.MIN)));
                first = segments.nextSetBit(end);
            }
        });
        return extents;
    }
}

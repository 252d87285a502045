package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobTrace;
import io.walkback.repository.layout.Lineage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Looks for later versions and delete markers of what a lineage has, WAL, keys and descriptors included: nobody of
/// ours makes any, and readers are not deceived by them (F31). Reads listings only; in a store that keeps no
/// versions it finds nothing. Memory: [BackupVerifier#LISTED] suspects.
public final class TamperScan {
    private final Lineage lineage;

    public TamperScan(Lineage lineage) {
        this.lineage = lineage;
    }

    /// What was found.
    ///
    /// @param count    of all, one of each kind for an object
    /// @param suspects at most [BackupVerifier#LISTED]
    public record Result(long count, List<Suspect> suspects) {
        public Result {
            suspects = List.copyOf(suspects);
        }
    }

    /// @param backups every committed backup, to say which ones need what is suspect
    public Result scan(List<BackupId> backups) {
        List<Finding> found = new ArrayList<>();
        long count = 0;
        for (BlobPrefix prefix : List.of(
                BlobPrefix.below(lineage.root()),
                new BlobPrefix(lineage.database() + "/lineages/"),
                new BlobPrefix("keys/"))) {
            count += scan(prefix, found);
        }
        Map<BlobKey, List<BackupId>> needed = neededBy(backups, found);
        return new Result(
                count,
                found.stream()
                        .map(finding -> new Suspect(finding, needed.getOrDefault(finding.key(), List.of())))
                        .toList());
    }

    /// Traces of one object come together, whatever their kinds.
    private long scan(BlobPrefix prefix, List<Finding> found) {
        long count = 0;
        BlobKey last = null;
        List<BlobTrace.Kind> seen = new ArrayList<>();
        try (BlobListing<BlobTrace> traces = lineage.store().traces(prefix)) {
            while (traces.hasNext()) {
                BlobTrace trace = traces.next();
                if (!trace.key().equals(last)) {
                    last = trace.key();
                    seen.clear();
                }
                if (!seen.contains(trace.kind())) {
                    seen.add(trace.kind());
                    count++;
                    if (found.size() < BackupVerifier.LISTED) {
                        found.add(finding(trace));
                    }
                }
            }
        }
        return count;
    }

    private static Finding finding(BlobTrace trace) {
        return switch (trace.kind()) {
            case OVERWRITTEN ->
                new Finding(
                        Finding.Type.OVERWRITTEN,
                        trace.key(),
                        "other bytes were put under its name at " + trace.at() + ", the first version is still there");
            case HIDDEN ->
                new Finding(
                        Finding.Type.HIDDEN,
                        trace.key(),
                        "it was deleted at " + trace.at() + ", and its version is still there");
        };
    }

    private Map<BlobKey, List<BackupId>> neededBy(List<BackupId> backups, List<Finding> findings) {
        Map<BlobKey, List<BackupId>> needed = new LinkedHashMap<>();
        findings.forEach(finding -> needed.put(finding.key(), new ArrayList<>()));
        if (!needed.isEmpty()) {
            backups.forEach(backup -> name(backup, needed));
        }
        return needed;
    }

    private void name(BackupId backup, Map<BlobKey, List<BackupId>> needed) {
        try {
            Closure.of(lineage, backup).keys(lineage).forEach(key -> {
                List<BackupId> named = needed.get(key);
                if (named != null && named.size() < Suspect.NAMED) {
                    named.add(backup);
                }
            });
        } catch (CorruptDataException unreadable) {
            // That is a finding of whoever verifies the backup; here its manifest is all that it is known to need.
            List<BackupId> named = needed.get(lineage.manifest(backup));
            if (named != null) {
                named.add(backup);
            }
        }
    }
}

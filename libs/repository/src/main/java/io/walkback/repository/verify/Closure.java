package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.pack.PackEntry;
import java.util.List;

/// Everything that must exist for one backup: its manifest, and every pack that this names. Locks, expiry,
/// verification and copies all ask here. Some 100 bytes a pack.
///
/// @param manifestSize bytes of the manifest object
public record Closure(BackupId backup, BlobKey manifest, long manifestSize, List<PackEntry> packs) {
    public Closure {
        packs = List.copyOf(packs);
    }

    public static Closure of(Lineage lineage, BackupId backup) {
        ManifestReader reader = new ManifestReader(lineage, backup);
        return new Closure(backup, lineage.manifest(backup), reader.summary().manifestSize(), reader.packs());
    }

    /// Bytes of all objects.
    public long size() {
        return manifestSize + packs.stream().mapToLong(PackEntry::size).sum();
    }
}

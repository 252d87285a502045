package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.seal.KeyPlace;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// Everything that must exist for one backup: its manifest, every pack that this names, the page digests beside
/// those packs that have some, and every wrapper of a key that one of them is sealed with. Locks, expiry,
/// verification and copies all ask here. Some 100 bytes a pack.
///
/// @param manifestSize bytes of the manifest object
/// @param wrappedKeys  none where the repository is not encrypted; all wrappers of a key, whoever can open them
public record Closure(
        BackupId backup, BlobKey manifest, long manifestSize, List<PackEntry> packs, List<BlobEntry> wrappedKeys) {
    public Closure {
        packs = List.copyOf(packs);
        wrappedKeys = List.copyOf(wrappedKeys);
    }

    public static Closure of(Lineage lineage, BackupId backup) {
        ManifestReader reader = new ManifestReader(lineage, backup);
        List<PackEntry> packs = reader.packs();
        List<BlobEntry> wrappedKeys = new ArrayList<>();
        lineage.vault().ifPresent(vault -> keyPlaces(lineage, reader.summary().attempt(), packs)
                .forEach(place -> wrappedKeys.addAll(vault.wrappers(place))));
        return new Closure(backup, lineage.manifest(backup), reader.summary().manifestSize(), packs, wrappedKeys);
    }

    /// Where the keys of a backup lie: the naming key's place, and one for each attempt that wrote a part of it.
    static List<KeyPlace> keyPlaces(Lineage lineage, UUID attempt, List<PackEntry> packs) {
        Set<UUID> attempts = new LinkedHashSet<>();
        attempts.add(attempt);
        packs.forEach(pack -> attempts.add(pack.id().attempt()));
        return Stream.concat(Stream.of(KeyPlace.naming()), attempts.stream().map(lineage::key))
                .toList();
    }

    /// The names of all objects, wrapped keys first, the manifest last.
    public Stream<BlobKey> keys(Lineage lineage) {
        Stream<BlobKey> data = packs.stream()
                .flatMap(pack -> pack.pageDigests()
                        ? Stream.of(lineage.pageDigests(pack.id()), lineage.pack(pack.id()))
                        : Stream.of(lineage.pack(pack.id())));
        return Stream.concat(Stream.concat(wrappedKeys.stream().map(BlobEntry::key), data), Stream.of(manifest));
    }

    /// Bytes of manifest and packs.
    public long size() {
        return manifestSize
                + packs.stream().mapToLong(PackEntry::size).sum()
                + wrappedKeys.stream().mapToLong(BlobEntry::size).sum();
    }
}

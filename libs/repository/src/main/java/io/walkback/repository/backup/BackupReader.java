package io.walkback.repository.backup;

import io.walkback.domain.BackupId;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.format.Damage;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.ManifestDigest;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.seal.ObjectSeal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Reads one committed backup. Opening reads the whole manifest once and compares its digest. Thread-safe: files
/// are read by as many threads as the caller likes, each taking about 1.7 MiB while it reads.
///
/// Every byte that comes out was checked against its frame's checksum and digest, and every extent against its
/// identity; each pack's header, index and footer are checked before its first byte is used. What fails is
/// [io.walkback.domain.CorruptDataException] and names the object (P3).
public final class BackupReader implements AutoCloseable {
    /// Packs whose keys are kept: 32 GiB of them, in 400 KiB of heap. For one that was forgotten its header is
    /// read again.
    private static final int SEALS = 1024;

    private final Lineage lineage;
    private final ManifestReader manifest;
    private final ManifestDigest digest;
    private final List<PackEntry> packs;
    private final BitSet opened = new BitSet();
    private final Map<Integer, ObjectSeal> seals = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, ObjectSeal> eldest) {
            return size() > SEALS;
        }
    };
    private final ConcurrentLinkedQueue<ExtentReading> tools = new ConcurrentLinkedQueue<>();

    /// Opens a backup whose manifest must be there; otherwise `OBJECT_MISSING`.
    public BackupReader(Lineage lineage, BackupId backup) {
        this.lineage = lineage;
        this.manifest = new ManifestReader(lineage, backup);
        this.digest = manifest.verify();
        this.packs = List.copyOf(manifest.packs());
    }

    public BackupSummary summary() {
        return manifest.summary();
    }

    public ManifestDigest digest() {
        return digest;
    }

    /// Directories, links, tablespaces and files in the order in which the server sent them. The caller closes it.
    public EntryStream entries() {
        return manifest.entries();
    }

    /// Every pack that the backup needs.
    public List<PackEntry> packs() {
        return packs;
    }

    /// Fails with the first pack that is missing or has another size, before anything is restored from it.
    public void requireComplete() {
        int absent = PackPresence.of(lineage, packs).nextClearBit(0);
        if (absent < packs.size()) {
            PackEntry pack = packs.get(absent);
            BlobKey key = lineage.pack(pack.id());
            long size = BlobReads.sizeOf(lineage.store(), key);
            if (size != pack.size()) {
                throw Damage.corrupt(key, "it has " + size + " bytes instead of " + pack.size());
            }
        }
    }

    /// Writes a file's bytes to `out`, all of them or an exception. `IOException` is `out`'s own.
    public void copyTo(ManifestEntry.File file, OutputStream out) throws IOException {
        copyExtents(file.extents(), out);
    }

    /// Writes the bytes of some extents of this backup to `out`, one after the other, all of them or an exception.
    /// `IOException` is `out`'s own.
    public void copyTo(List<FileExtent> extents, OutputStream out) throws IOException {
        copyExtents(extents, out);
    }

    /// Compares what somebody has with what this backup has.
    public ExtentComparison comparison() {
        return new ExtentComparison(lineage.namingKey());
    }

    /// Bytes of a file from `offset`, `length` of them, which must lie inside the file.
    public byte[] read(ManifestEntry.File file, long offset, int length) {
        if (offset < 0 || length < 0 || offset + length > file.size()) {
            throw new IllegalArgumentException(
                    "bytes " + offset + "+" + length + " of '" + file.path() + "', which has " + file.size());
        }
        int first = Math.toIntExact(offset / Extents.EXTENT);
        int end = Math.toIntExact((offset + length + Extents.EXTENT - 1) / Extents.EXTENT);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((end - first) * Extents.EXTENT);
        try {
            copyExtents(file.extents().subList(first, Math.max(end, first)), bytes);
        } catch (IOException impossible) {
            throw new IllegalStateException("an array takes every byte", impossible);
        }
        int skip = Math.toIntExact(offset - (long) first * Extents.EXTENT);
        byte[] wanted = new byte[length];
        System.arraycopy(bytes.toByteArray(), skip, wanted, 0, length);
        return wanted;
    }

    private void copyExtents(List<FileExtent> extents, OutputStream out) throws IOException {
        ExtentReading with = borrow();
        try (PieceRuns runs = new PieceRuns(lineage, extents, pack -> checkOnce(with, pack))) {
            for (FileExtent extent : extents) {
                with.copy(summary().manifest(), runs, extent, out);
            }
        } finally {
            tools.add(with);
        }
    }

    /// Checks a pack before its first byte is used, and says how it is sealed.
    private ObjectSeal checkOnce(ExtentReading with, int position) {
        PackEntry pack = packs.get(position);
        boolean checked;
        synchronized (opened) {
            ObjectSeal known = seals.get(position);
            if (known != null) {
                return known;
            }
            checked = opened.get(position);
        }
        ObjectSeal seal =
                checked ? with.packs().seal(pack) : with.packs().open(pack).seal();
        synchronized (opened) {
            opened.set(position);
            seals.put(position, seal);
        }
        return seal;
    }

    private ExtentReading borrow() {
        ExtentReading idle = tools.poll();
        return idle == null ? new ExtentReading(lineage) : idle;
    }

    @Override
    public void close() {
        for (ExtentReading idle = tools.poll(); idle != null; idle = tools.poll()) {
            idle.close();
        }
    }
}

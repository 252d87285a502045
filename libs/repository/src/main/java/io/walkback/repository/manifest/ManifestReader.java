package io.walkback.repository.manifest;

import io.walkback.domain.BackupId;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameStream;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Footer;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.seal.ObjectSeal;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Reads one committed manifest. Opening reads header, footer and facts, a few kilobytes, each checked on its own;
/// [#verify] reads it all once and compares the digest. Thread-safe; holds no stream.
public final class ManifestReader {
    private static final int HIGHEST_FOOTER_FIELD = 3;
    private static final long LONGEST_FACTS = 16 << 20;

    private final Lineage lineage;
    private final BlobKey key;
    private final long size;
    private final ObjectSeal seal;
    private final Section entries;
    private final Section packTable;
    private final BackupSummary summary;

    /// Opens the manifest of a backup that must be there; otherwise `OBJECT_MISSING`.
    public ManifestReader(Lineage lineage, BackupId backup) {
        this.lineage = lineage;
        this.key = lineage.manifest(backup);
        BlobStore store = lineage.store();
        this.size = BlobReads.sizeOf(store, key);
        byte[] headerBytes = header(store);
        ObjectHeader header = ObjectHeader.parse(key, headerBytes, ObjectKind.MANIFEST);
        lineage.check(key, header, 4);
        UUID attempt = header.fields().get(2).uuid();
        String writtenAs = header.fields().get(3).text();
        if (!writtenAs.equals(backup.value())) {
            throw Damage.corrupt(key, "it is the manifest of another backup");
        }
        if (size < header.length() + ManifestDigest.BYTES) {
            throw Damage.corrupt(key, "it has only " + size + " bytes");
        }
        this.seal = lineage.seal(key, headerBytes, header);
        Footer footer = Footer.read(store, key, size - ManifestDigest.BYTES, HIGHEST_FOOTER_FIELD);
        this.entries = Section.read(footer.fields().get(1));
        this.packTable = Section.read(footer.fields().get(2));
        Section facts = Section.read(footer.fields().get(3));
        if (entries.offset() != header.length()
                || packTable.offset() != entries.end()
                || facts.offset() != packTable.end()
                || facts.end() + footer.length() + ManifestDigest.BYTES != size
                || facts.plainLength() > LONGEST_FACTS
                || packTable.plainLength() != packTable.records() * PackEntry.ENCODED
                || packTable.records() > Integer.MAX_VALUE / PackEntry.ENCODED) {
            throw Damage.corrupt(key, "its sections do not fit its size of " + size);
        }
        FactsCodec.Facts decoded = FactsCodec.decode(key, text(facts, frames(entries) + frames(packTable)));
        this.summary = new BackupSummary(
                backup,
                attempt,
                key,
                size,
                header.createdAt(),
                decoded.facts(),
                decoded.statistics(),
                decoded.previous(),
                decoded.lock());
    }

    public BackupSummary summary() {
        return summary;
    }

    /// Every pack that the backup needs, in the order in which extents name them.
    public List<PackEntry> packs() {
        ByteSource rows = new ByteSource(key, text(packTable, frames(entries)));
        List<PackEntry> packs = new ArrayList<>(Math.toIntExact(packTable.records()));
        while (rows.remaining() > 0) {
            packs.add(PackEntry.read(rows));
        }
        return packs;
    }

    /// How many packs the backup needs.
    public int packCount() {
        return (int) packTable.records();
    }

    /// The entries, from the first.
    public EntryStream entries() {
        return new EntryStream(key, stream(entries, 0), (int) packTable.records(), entries.records());
    }

    /// Reads the whole object once, compares its trailing digest, and returns the digest by which it is known.
    public ManifestDigest verify() {
        MessageDigest sha256 = ManifestWriter.sha256();
        byte[] buffer = new byte[256 << 10];
        byte[] trailing = new byte[ManifestDigest.BYTES];
        try (InputStream in = lineage.store().open(key, new ByteRange(0, size))) {
            for (long left = size - trailing.length; left > 0; ) {
                int length = (int) Math.min(left, buffer.length);
                BlobReads.fill(in, key, buffer, 0, length);
                sha256.update(buffer, 0, length);
                left -= length;
            }
            BlobReads.fill(in, key, trailing, 0, trailing.length);
            MessageDigest whole = (MessageDigest) sha256.clone();
            if (!MessageDigest.isEqual(sha256.digest(), trailing)) {
                throw Damage.corrupt(key, "it does not match its SHA-256");
            }
            whole.update(trailing);
            return ManifestDigest.of(whole.digest());
        } catch (CloneNotSupportedException | IOException impossible) {
            throw new IllegalStateException(
                    "the JDK's SHA-256 can be cloned, and stores throw no IOException", impossible);
        }
    }

    private byte[] header(BlobStore store) {
        try (InputStream in = store.open(key, new ByteRange(0, Math.min(size, ObjectHeader.LONGEST)))) {
            return ObjectHeader.read(key, in, size);
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }

    /// Frames of a section; each section begins a new one.
    private static long frames(Section section) {
        return Math.ceilDiv(section.plainLength(), (long) Extents.FRAME);
    }

    private InputStream stream(Section section, long firstOrdinal) {
        if (firstOrdinal > ObjectSeal.FOOTER) {
            throw Damage.corrupt(key, "a section that begins with frame " + firstOrdinal);
        }
        InputStream in = lineage.store().open(key, new ByteRange(section.offset(), section.storedLength()));
        return new FrameStream(
                seal,
                in,
                new Digester(lineage.namingKey()),
                (int) firstOrdinal,
                section.storedLength(),
                section.plainLength());
    }

    private byte[] text(Section section, long firstOrdinal) {
        try (InputStream in = stream(section, firstOrdinal)) {
            byte[] text = new byte[Math.toIntExact(section.plainLength())];
            BlobReads.fill(in, key, text, 0, text.length);
            if (in.read() >= 0) {
                throw Damage.corrupt(key, "a section that is longer than it says");
            }
            return text;
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }
}

package io.walkback.repository.manifest;

import io.walkback.domain.BackupId;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.extent.FrameSealer;
import io.walkback.repository.extent.FrameStreamWriter;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.Footer;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.NewObject;
import io.walkback.repository.pack.PackEntry;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Streams one manifest into the store. Nothing is visible before [#commit]; closing without it leaves nothing
/// behind. Holds about 1 MiB, whatever the number of entries. Not thread-safe.
///
/// Order of calls: entries in the order of the backup, a file as [#beginFile] or [#beginStream], [#extent] for
/// each extent, [#endFile]; then [#finish]; then [#commit].
public final class ManifestWriter implements AutoCloseable {
    private static final int BATCH = 8 << 10;

    private final BlobWriter out;
    private final Optional<BlobLocks> locks;
    private final FrameEncoder encoder;
    private final FrameStreamWriter frames;
    private final MessageDigest sha256 = sha256();
    private final ByteSink body = new ByteSink(BATCH * 2);
    private final ByteSink record = new ByteSink(BATCH * 2);
    private final ByteSink extents = new ByteSink(BATCH * 2);
    private long position;
    private long records;
    private long fileBytes;
    private long fileExtents;
    private long sectionPlain;
    private int extentType = EntryCodec.EXTENTS;

    public ManifestWriter(Lineage lineage, BackupId backup, UUID attempt, int level) {
        NewObject object = lineage.begin(
                lineage.manifest(backup),
                ObjectKind.MANIFEST,
                attempt,
                Fields.builder()
                        .put(1, f -> f.u64(lineage.system().value()))
                        .put(2, f -> f.uuid(attempt))
                        .put(3, f -> f.text(backup.value()))
                        .put(4, f -> f.text(lineage.database().value())));
        this.encoder = new FrameEncoder(level);
        this.frames = new FrameStreamWriter(
                new Digester(lineage.namingKey()), encoder, new FrameSealer(object.seal()), this::write);
        this.locks = lineage.store().locks();
        this.out = lineage.store().newWriter(lineage.manifest(backup));
        byte[] header = object.header();
        write(header, 0, header.length);
        entriesOffset = position;
    }

    private final long entriesOffset;

    public void directory(EntryPath path, EntryAttributes attributes) {
        body.clear();
        EntryCodec.attributes(body.text(path.value()), attributes);
        emit(EntryCodec.DIRECTORY, body);
    }

    public void symbolicLink(EntryPath path, EntryAttributes attributes, String target) {
        body.clear();
        EntryCodec.attributes(body.text(path.value()), attributes);
        emit(EntryCodec.SYMBOLIC_LINK, body.text(target));
    }

    public void tablespace(int oid, String location) {
        body.clear();
        emit(EntryCodec.TABLESPACE, body.u32(oid).text(location));
    }

    public void beginFile(EntryPath path, EntryAttributes attributes, FileKind kind, long size) {
        body.clear();
        EntryCodec.attributes(body.text(path.value()), attributes);
        emit(EntryCodec.FILE_BEGINS, body.u8(kind.number()).varint(size));
        noExtents();
    }

    /// Begins a file whose size only its end knows.
    public void beginStream(EntryPath path, EntryAttributes attributes, FileKind kind) {
        body.clear();
        EntryCodec.attributes(body.text(path.value()), attributes);
        emit(EntryCodec.STREAM_BEGINS, body.u8(kind.number()));
        noExtents();
    }

    private void noExtents() {
        extents.clear();
        fileBytes = 0;
        fileExtents = 0;
    }

    public void extent(FileExtent extent) {
        int type = extent.isWhole() ? EntryCodec.EXTENTS : EntryCodec.DELTA_EXTENTS;
        if (type != extentType) {
            flushExtents();
            extentType = type;
        }
        if (type == EntryCodec.EXTENTS) {
            ExtentCodec.whole(extents, extent.base());
        } else {
            ExtentCodec.write(extents, extent);
        }
        fileBytes += extent.length();
        fileExtents++;
        if (extents.size() >= BATCH) {
            flushExtents();
        }
    }

    public void endFile() {
        flushExtents();
        body.clear();
        emit(EntryCodec.FILE_ENDS, body.varint(fileBytes).varint(fileExtents));
    }

    /// Writes everything after the entries. Returns the digest by which the manifest is known once it is committed.
    public ManifestDigest finish(
            List<PackEntry> packs, BackupFacts facts, BackupStatistics statistics, Optional<PreviousBackup> previous) {
        Section entries = endSection(entriesOffset, records);
        long packsOffset = position;
        for (PackEntry pack : packs) {
            body.clear();
            pack.write(body);
            frames.write(body.array(), 0, body.size());
        }
        Section packTable = endSection(packsOffset, packs.size());
        long factsOffset = position;
        Optional<PromisedLock> lock = locks.map(
                each -> new PromisedLock(each.mode(), each.retainUntil().truncatedTo(ChronoUnit.MICROS)));
        byte[] encoded = FactsCodec.encode(new FactsCodec.Facts(facts, statistics, previous, lock));
        frames.write(encoded, 0, encoded.length);
        Section factsSection = endSection(factsOffset, 1);
        byte[] footer = Footer.encode(
                Fields.builder().put(1, entries::write).put(2, packTable::write).put(3, factsSection::write));
        write(footer, 0, footer.length);
        byte[] trailing = clone(sha256).digest();
        write(trailing, 0, trailing.length);
        return ManifestDigest.of(sha256.digest());
    }

    /// Publishes the manifest unless the backup has one: the commit of a backup.
    public PutOutcome commit() {
        return out.commit();
    }

    public long size() {
        return position;
    }

    @Override
    public void close() {
        encoder.close();
        out.close();
    }

    private void flushExtents() {
        if (extents.size() > 0) {
            emit(extentType, extents);
            extents.clear();
        }
    }

    private void emit(int type, ByteSink content) {
        if (content.size() > EntryCodec.LONGEST_BODY) {
            throw new IllegalArgumentException("a manifest record of " + content.size() + " bytes");
        }
        record.clear();
        record.u8(type).varint(content.size()).raw(content.array(), 0, content.size());
        frames.write(record.array(), 0, record.size());
        records++;
    }

    private Section endSection(long offset, long count) {
        frames.flush();
        long plain = frames.plainLength() - sectionPlain;
        sectionPlain = frames.plainLength();
        return new Section(offset, position - offset, plain, count);
    }

    private void write(byte[] bytes, int offset, int length) {
        out.write(bytes, offset, length);
        sha256.update(bytes, offset, length);
        position += length;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static MessageDigest clone(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", impossible);
        }
    }
}

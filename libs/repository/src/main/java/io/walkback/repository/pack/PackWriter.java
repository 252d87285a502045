package io.walkback.repository.pack;

import io.walkback.domain.KillPoint;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.extent.FrameSealer;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.Footer;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.NewObject;
import io.walkback.repository.layout.PackId;
import java.util.ArrayList;
import java.util.List;

/// Writes one pack. Not thread-safe. Holds its index and its page digests, at most 2 MiB, until it is finished;
/// closing without [#finish] leaves nothing behind under the key.
public final class PackWriter implements AutoCloseable {
    /// A pack that has reached this many bytes takes no more extents.
    public static final long FULL_BYTES = 32L << 20;

    /// A pack takes at most this many extents, which bounds its index.
    public static final int FULL_EXTENTS = 16_384;

    static final int INDEX_ROW = 33;

    /// What a delta's row has more than a whole extent's: its pages.
    static final int INDEX_PAGES = 16;

    /// Index forms.
    static final int WHOLE = 0;

    static final int DELTA = 1;

    private final PackId id;
    private final BlobKey key;
    private final BlobWriter out;
    private final byte[] header;
    private final FrameSealer sealer;
    private final ByteSink index = new ByteSink(1 << 12);
    private final PageDigestWriter pageDigests;
    private long position;
    private int extents;

    /// Where an extent was put.
    ///
    /// @param frameLengths stored bytes of each frame, header and tag included
    public record Placed(long offset, List<Integer> frameLengths) {
        public Placed {
            frameLengths = List.copyOf(frameLengths);
        }
    }

    public PackWriter(Lineage lineage, PackId id) {
        this.id = id;
        this.key = lineage.pack(id);
        NewObject object = lineage.begin(key, ObjectKind.PACK, id.attempt(), fields(lineage, id));
        this.header = object.header();
        this.sealer = new FrameSealer(object.seal());
        this.pageDigests = new PageDigestWriter(lineage, id);
        this.out = lineage.store().newWriter(key);
        write(header, 0, header.length);
    }

    public PackId id() {
        return id;
    }

    public boolean isFull() {
        return position >= FULL_BYTES || extents >= FULL_EXTENTS || pageDigests.isFull();
    }

    /// Appends what an extent's frames hold, all of it or a delta, and says where they are.
    public Placed append(EncodedExtent extent) {
        long offset = position;
        byte[] frames = extent.frames().array();
        List<Integer> stored = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
        int at = 0;
        for (int length : extent.frameLengths()) {
            stored.add(sealer.pass(frames, at, length, extent.storedIdentity(), this::write));
            if (at == 0) {
                KillPoint.at(KillPoint.BACKUP_MID_CHUNK);
            }
            at += length;
        }
        extent.storedIdentity().write(index);
        index.u64(offset).u32(Math.toIntExact(position - offset)).u32(extent.storedPlainLength());
        if (extent.storedPages().isEmpty()) {
            index.u8(WHOLE);
        } else {
            extent.storedPages().write(index.u8(DELTA));
        }
        if (extent.isPaged()) {
            pageDigests.add(offset, extent);
        }
        extents++;
        return new Placed(offset, stored);
    }

    static Fields.Builder fields(Lineage lineage, PackId id) {
        return Fields.builder()
                .put(1, f -> f.u64(lineage.system().value()))
                .put(2, f -> f.uuid(id.attempt()))
                .put(3, f -> f.u32(id.number()))
                .put(4, f -> f.text(lineage.database().value()));
    }

    /// Publishes the page digests, if there are any; then writes index and footer, and publishes the pack.
    public PackEntry finish(Digester digester, FrameEncoder encoder) {
        PageDigestEntry digests = pageDigests.isEmpty() ? null : pageDigests.write(digester, encoder);
        long indexOffset = position;
        ByteSink frame = new ByteSink(FrameEncoder.HEADER + Extents.FRAME);
        for (int at = 0; at < index.size(); at += Extents.FRAME) {
            int length = Math.min(Extents.FRAME, index.size() - at);
            frame.clear();
            encoder.encode(
                    index.array(),
                    at,
                    length,
                    digester.digest(Digester.Domain.FRAME, index.array(), at, length),
                    frame);
            sealer.pass(frame.array(), 0, frame.size(), Digest128.NONE, this::write);
        }
        long indexLength = position - indexOffset;
        Digest128 digest = digest(digester, Digester.Domain.PACK, header, index.array(), index.size());
        Fields.Builder fields = Fields.builder()
                .put(1, f -> f.u64(indexOffset))
                .put(2, f -> f.u32(Math.toIntExact(indexLength)))
                .put(3, f -> f.u32(index.size()))
                .put(4, f -> f.u32(extents))
                .put(5, digest::write);
        if (digests != null) {
            fields.put(6, digests::write);
        }
        byte[] footer = Footer.encode(fields);
        write(footer, 0, footer.length);
        if (out.commit() != PutOutcome.CREATED) {
            throw PageDigestWriter.taken(key);
        }
        return new PackEntry(id, position, digest, digests != null);
    }

    static Digest128 digest(
            Digester digester, Digester.Domain domain, byte[] header, byte[] content, int contentLength) {
        ByteSink text = new ByteSink(header.length + contentLength).raw(header).raw(content, 0, contentLength);
        return digester.digest(domain, text.array(), 0, text.size());
    }

    private void write(byte[] bytes, int offset, int length) {
        out.write(bytes, offset, length);
        position += length;
    }

    @Override
    public void close() {
        out.close();
    }
}

package io.walkback.repository.pack;

import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.RetryableException;
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

/// Writes one pack. Not thread-safe. Holds its index, at most 541 KiB, until it is finished; closing without
/// [#finish] leaves nothing behind under the key.
public final class PackWriter implements AutoCloseable {
    /// A pack that has reached this many bytes takes no more extents.
    public static final long FULL_BYTES = 32L << 20;

    /// A pack takes at most this many extents, which bounds its index.
    public static final int FULL_EXTENTS = 16_384;

    static final int INDEX_ROW = 33;

    private final PackId id;
    private final BlobKey key;
    private final BlobWriter out;
    private final byte[] header;
    private final FrameSealer sealer;
    private final ByteSink index = new ByteSink(1 << 12);
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
        NewObject object = lineage.begin(
                key,
                ObjectKind.PACK,
                id.attempt(),
                Fields.builder()
                        .put(1, f -> f.u64(lineage.system().value()))
                        .put(2, f -> f.uuid(id.attempt()))
                        .put(3, f -> f.u32(id.number()))
                        .put(4, f -> f.text(lineage.database().value())));
        this.header = object.header();
        this.sealer = new FrameSealer(object.seal());
        this.out = lineage.store().newWriter(key);
        write(header, 0, header.length);
    }

    public PackId id() {
        return id;
    }

    public boolean isFull() {
        return position >= FULL_BYTES || extents >= FULL_EXTENTS;
    }

    /// Appends an extent's frames and says where they are.
    public Placed append(EncodedExtent extent) {
        long offset = position;
        byte[] frames = extent.frames().array();
        List<Integer> stored = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
        int at = 0;
        for (int length : extent.frameLengths()) {
            stored.add(sealer.pass(frames, at, length, extent.identity(), this::write));
            if (at == 0) {
                KillPoint.at(KillPoint.BACKUP_MID_CHUNK);
            }
            at += length;
        }
        extent.identity().write(index);
        index.u64(offset)
                .u32(Math.toIntExact(position - offset))
                .u32(extent.plainLength())
                .u8(0);
        extents++;
        return new Placed(offset, stored);
    }

    /// Writes index and footer, and publishes the pack.
    public PackEntry finish(Digester digester, FrameEncoder encoder) {
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
        Digest128 digest = digest(digester, header, index.array(), index.size());
        byte[] footer = Footer.encode(Fields.builder()
                .put(1, f -> f.u64(indexOffset))
                .put(2, f -> f.u32(Math.toIntExact(indexLength)))
                .put(3, f -> f.u32(index.size()))
                .put(4, f -> f.u32(extents))
                .put(5, digest::write));
        write(footer, 0, footer.length);
        if (out.commit() != PutOutcome.CREATED) {
            throw new RetryableException(
                    FailureCode.STORE_UNAVAILABLE,
                    "object '" + key + "' exists already, and packs are written once",
                    "Another process uses this attempt's id; a new attempt takes another one.");
        }
        return new PackEntry(id, position, digest);
    }

    static Digest128 digest(Digester digester, byte[] header, byte[] index, int indexLength) {
        ByteSink text = new ByteSink(header.length + indexLength).raw(header).raw(index, 0, indexLength);
        return digester.digest(Digester.Domain.PACK, text.array(), 0, text.size());
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

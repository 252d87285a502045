package io.walkback.repository.pack;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.extent.FrameSealer;
import io.walkback.repository.extent.FrameStreamWriter;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.Footer;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.NewObject;
import io.walkback.repository.layout.PackId;

/// Collects the page digests of what one pack stores of relations, and writes them as one object beside it. Not
/// thread-safe; holds at most 1 MiB and one extent's.
///
/// ```
///  offset u64 in the pack | pages u8 | digest 16 for each page that is stored there
/// ```
final class PageDigestWriter {
    /// Once it holds this many bytes, its pack takes no more extents.
    static final int FULL = 1 << 20;

    private final Lineage lineage;
    private final PackId id;
    private final ByteSink text = new ByteSink(1 << 12);
    private int records;

    PageDigestWriter(Lineage lineage, PackId id) {
        this.lineage = lineage;
        this.id = id;
    }

    boolean isFull() {
        return text.size() >= FULL;
    }

    /// Whether there is nothing to write.
    boolean isEmpty() {
        return records == 0;
    }

    /// Takes the digests of what `extent`'s frames hold.
    ///
    /// @param offset of the frames in the pack
    void add(long offset, EncodedExtent extent) {
        byte[] pages = extent.storedPageDigests();
        text.u64(offset).u8(pages.length / Digest128.BYTES).raw(pages);
        records++;
    }

    /// Writes the object. The pack comes after it, and names it in its footer.
    PageDigestEntry write(Digester digester, FrameEncoder encoder) {
        BlobKey key = lineage.pageDigests(id);
        NewObject begun = lineage.begin(key, ObjectKind.PAGE_DIGESTS, id.attempt(), PackWriter.fields(lineage, id));
        byte[] header = begun.header();
        ByteSink object = new ByteSink(header.length + text.size() + 1024).raw(header);
        FrameStreamWriter frames = new FrameStreamWriter(digester, encoder, new FrameSealer(begun.seal()), object::raw);
        frames.write(text.array(), 0, text.size());
        frames.flush();
        int storedLength = object.size() - header.length;
        Digest128 digest = PackWriter.digest(digester, Digester.Domain.PAGE_DIGESTS, header, text.array(), text.size());
        object.raw(Footer.encode(Fields.builder()
                .put(1, f -> f.u64(header.length))
                .put(2, f -> f.u32(storedLength))
                .put(3, f -> f.u32(text.size()))
                .put(4, f -> f.u32(records))
                .put(5, digest::write)));
        if (lineage.store().putIfAbsent(key, object.toByteArray()) != PutOutcome.CREATED) {
            throw taken(key);
        }
        return new PageDigestEntry(object.size(), digest);
    }

    static RetryableException taken(BlobKey key) {
        return new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                "object '" + key + "' exists already, and every attempt's objects are new",
                "Another process uses this attempt's id; a new attempt takes another one.");
    }
}

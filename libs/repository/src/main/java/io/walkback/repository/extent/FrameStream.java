package io.walkback.repository.extent;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.Damage;
import io.walkback.repository.seal.ObjectSeal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// The text inside a run of frames, as a stream. Its methods throw damage and store failures, no `IOException`.
/// Bytes come out only after their frame was checked. Not thread-safe; closing it closes what it reads from.
public final class FrameStream extends InputStream {
    private final BlobKey key;
    private final ObjectSeal object;
    private final InputStream in;
    private final FrameDecoder decoder;
    private long storedLeft;
    private long plainLeft;
    private int ordinal;
    private int at;

    /// @param object       that the frames are in
    /// @param in           positioned at the first frame
    /// @param firstOrdinal of the first frame within the object
    /// @param storedLength bytes that the frames take
    /// @param plainLength  bytes that the text has
    public FrameStream(
            ObjectSeal object,
            InputStream in,
            Digester digester,
            int firstOrdinal,
            long storedLength,
            long plainLength) {
        this.object = object;
        this.key = object.key();
        this.ordinal = firstOrdinal;
        this.in = in;
        this.decoder = new FrameDecoder(digester);
        this.storedLeft = storedLength;
        this.plainLeft = plainLength;
    }

    @Override
    public int read() {
        return ready() ? decoder.plain()[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int count = Math.min(length, decoder.plainLength() - at);
        System.arraycopy(decoder.plain(), at, into, offset, count);
        at += count;
        return count;
    }

    private boolean ready() {
        if (at < decoder.plainLength()) {
            return true;
        }
        if (storedLeft == 0) {
            if (plainLeft != 0) {
                throw Damage.corrupt(key, "a text that ends " + plainLeft + " bytes too early");
            }
            return false;
        }
        decoder.next(object, in, storedLeft, Digest128.NONE, ordinal++);
        storedLeft -= decoder.storedLength();
        plainLeft -= decoder.plainLength();
        if (plainLeft < 0) {
            throw Damage.corrupt(key, "a text that is longer than it should be");
        }
        at = 0;
        return true;
    }

    @Override
    public void close() {
        decoder.close();
        try {
            in.close();
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }
}

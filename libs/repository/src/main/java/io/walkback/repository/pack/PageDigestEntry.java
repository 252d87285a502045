package io.walkback.repository.pack;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;

/// A pack's page digests as the pack's footer knows them.
///
/// @param size   of the whole object
/// @param digest over its header and text
public record PageDigestEntry(long size, Digest128 digest) {
    static PageDigestEntry read(ByteSource source) {
        return new PageDigestEntry(source.u64(), Digest128.read(source));
    }

    void write(ByteSink sink) {
        sink.u64(size);
        digest.write(sink);
    }
}

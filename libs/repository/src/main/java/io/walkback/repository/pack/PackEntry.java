package io.walkback.repository.pack;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.layout.PackId;
import java.util.UUID;

/// A committed pack as a manifest's table knows it.
///
/// @param size        of the whole object
/// @param digest      over header and index; a reader compares it before it trusts the pack
/// @param pageDigests whether page digests were written beside it
public record PackEntry(PackId id, long size, Digest128 digest, boolean pageDigests) {
    /// Bytes of one row of a manifest's pack table.
    public static final int ENCODED = 44;

    /// Set in a row's number when there are page digests.
    private static final int PAGE_DIGESTS = 1 << 31;

    public static PackEntry read(ByteSource row) {
        UUID attempt = row.uuid();
        int number = row.u32();
        return new PackEntry(
                new PackId(attempt, number & ~PAGE_DIGESTS),
                row.u64(),
                Digest128.read(row),
                (number & PAGE_DIGESTS) != 0);
    }

    /// Writes its row.
    public void write(ByteSink row) {
        row.uuid(id.attempt())
                .u32(pageDigests ? id.number() | PAGE_DIGESTS : id.number())
                .u64(size);
        digest.write(row);
    }
}

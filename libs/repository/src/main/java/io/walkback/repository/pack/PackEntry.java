package io.walkback.repository.pack;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.layout.PackId;

/// A committed pack as a manifest's table knows it.
///
/// @param size   of the whole object
/// @param digest over header and index; a reader compares it before it trusts the pack
public record PackEntry(PackId id, long size, Digest128 digest) {
    /// Bytes of one row of a manifest's pack table.
    public static final int ENCODED = 44;
}

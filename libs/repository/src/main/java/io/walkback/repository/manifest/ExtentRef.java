package io.walkback.repository.manifest;

import io.walkback.repository.extent.Digest128;
import java.util.List;

/// Where a whole extent is.
///
/// @param length       plain bytes
/// @param pack         position in the manifest's pack table
/// @param offset       of its first frame in the pack
/// @param frameLengths stored bytes of each frame, its 32 bytes of header, and its tag where it is sealed, included
public record ExtentRef(int length, Digest128 identity, int pack, long offset, List<Integer> frameLengths)
        implements StoredPiece {
    public ExtentRef {
        frameLengths = List.copyOf(frameLengths);
    }

    /// The same in another manifest's table.
    ExtentRef inPack(int position) {
        return new ExtentRef(length, identity, position, offset, frameLengths);
    }
}

package io.walkback.repository.manifest;

import io.walkback.repository.extent.Digest128;
import java.util.List;

/// Where one extent of a file is.
///
/// @param length       plain bytes
/// @param pack         position in the manifest's pack table
/// @param offset       of its first frame in the pack
/// @param frameLengths stored bytes of each frame, its 32 bytes of header, and its tag where it is sealed, included
public record ExtentRef(int length, Digest128 identity, int pack, long offset, List<Integer> frameLengths) {
    public ExtentRef {
        frameLengths = List.copyOf(frameLengths);
    }

    /// Stored bytes of all frames.
    public int storedLength() {
        int sum = 0;
        for (int length : frameLengths) {
            sum += length;
        }
        return sum;
    }
}

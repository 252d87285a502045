package io.walkback.repository.manifest;

import java.util.List;

/// Frames, one after the other in a pack: a whole extent's or a delta's.
public sealed interface StoredPiece permits ExtentRef, DeltaRef {
    /// Position in the manifest's pack table.
    int pack();

    /// Of the first frame in the pack.
    long offset();

    /// Stored bytes of each frame, its 32 bytes of header included.
    List<Integer> frameLengths();

    /// Plain bytes of all frames.
    int length();

    /// Stored bytes of all frames.
    default int storedLength() {
        int sum = 0;
        for (int length : frameLengths()) {
            sum += length;
        }
        return sum;
    }
}

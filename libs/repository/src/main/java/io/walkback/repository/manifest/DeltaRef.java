package io.walkback.repository.manifest;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.PageMap;
import java.util.List;

/// Where some pages of an extent are that differ from its base.
///
/// @param pages        which, never none; their contents follow one another in the frames
/// @param pack         position in the manifest's pack table
/// @param offset       of the first frame in the pack
/// @param frameLengths stored bytes of each frame, its 32 bytes of header included
public record DeltaRef(PageMap pages, Digest128 identity, int pack, long offset, List<Integer> frameLengths)
        implements StoredPiece {
    public DeltaRef {
        frameLengths = List.copyOf(frameLengths);
        if (pages.isEmpty()) {
            throw new IllegalArgumentException("a delta without pages");
        }
    }

    @Override
    public int length() {
        return pages.count() * Digester.PAGE;
    }

    /// The same in another manifest's table.
    DeltaRef inPack(int position) {
        return new DeltaRef(pages, identity, position, offset, frameLengths);
    }
}

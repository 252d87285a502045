package io.walkback.repository.backup;

import io.walkback.repository.manifest.FileExtent;

/// What became of an extent in the pool. Pack positions are those of the previous manifest.
sealed interface Encoded {
    /// The previous backup has it.
    record Known(FileExtent extent) implements Encoded {}

    /// It is stored whole; the frames are made.
    record Whole() implements Encoded {}

    /// It is stored as what the previous backup has and a delta, whose frames are made unless there is nothing new.
    ///
    /// @param extent with the new length and identity, and without the delta
    record Changed(FileExtent extent) implements Encoded {}
}

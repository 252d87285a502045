package io.walkback.repository.blob;

import java.time.Instant;

/// What somebody did to a blob that was there already, and the store kept a trace of. Readers still get the blob as
/// it was written first.
///
/// @param at when, by the store's clock
public record BlobTrace(BlobKey key, Kind kind, Instant at) {
    /// What was done.
    public enum Kind {
        /// Other bytes were put under its name.
        OVERWRITTEN,
        /// It was deleted, so that nobody sees it who does not ask for versions.
        HIDDEN
    }
}

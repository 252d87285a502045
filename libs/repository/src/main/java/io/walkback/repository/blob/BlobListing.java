package io.walkback.repository.blob;

import java.util.Iterator;

/// A listing that is fetched as it is read, a bounded page at a time, in no promised order. Blobs put or deleted
/// meanwhile may or may not appear; all others appear exactly once. Used by one thread, closed by whoever asked
/// for it. `next` throws what the store throws.
public interface BlobListing<T> extends Iterator<T>, AutoCloseable {
    @Override
    void close();
}

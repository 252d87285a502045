package io.walkback.repository.blob;

import java.util.Iterator;
import java.util.NoSuchElementException;

/// A listing that is fetched as it is read, a bounded page at a time, in no promised order. Blobs put or deleted
/// meanwhile may or may not appear; all others appear exactly once. Used by one thread, closed by whoever asked
/// for it. `next` throws what the store throws.
public interface BlobListing<T> extends Iterator<T>, AutoCloseable {
    /// Nothing.
    static <T> BlobListing<T> empty() {
        return new BlobListing<>() {
            @Override
            public boolean hasNext() {
                return false;
            }

            @Override
            public T next() {
                throw new NoSuchElementException("the listing is empty");
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    @Override
    void close();
}

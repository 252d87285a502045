package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobListing;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A listing of pages that are fetched as they are read, one in memory. Used by one thread.
final class S3Pages<T> implements BlobListing<T> {
    /// @param next asks for the page after this one; empty at the end
    record Page<T>(List<T> items, Optional<Source<T>> next) {}

    /// Fetches one page.
    interface Source<T> {
        Page<T> fetch();
    }

    private @Nullable Source<T> source;
    private Iterator<T> items = Collections.emptyIterator();

    S3Pages(Source<T> first) {
        this.source = first;
    }

    @Override
    public boolean hasNext() {
        while (!items.hasNext() && source != null) {
            Page<T> page = source.fetch();
            items = page.items().iterator();
            source = page.next().orElse(null);
        }
        return items.hasNext();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the listing is at its end");
        }
        return items.next();
    }

    @Override
    public void close() {
        source = null;
        items = Collections.emptyIterator();
    }
}

package io.walkback.client;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A list that is fetched page by page: one page is in memory at a time, so a catalog of any length fits.
public final class Pages<T> {
    /// One page.
    ///
    /// @param nextCursor null on the last one
    public record Page<T>(List<T> items, @Nullable String nextCursor) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /// Fetches the page after `cursor`, the first for null.
    @FunctionalInterface
    interface Source<T> {
        Page<T> fetch(@Nullable String cursor) throws InterruptedException;
    }

    private final Source<T> source;

    Pages(Source<T> source) {
        this.source = source;
    }

    /// Hands over every item in the service's order.
    public void forEach(Consumer<? super T> each) throws InterruptedException {
        String cursor = null;
        do {
            Page<T> page = source.fetch(cursor);
            page.items().forEach(each);
            cursor = page.nextCursor();
        } while (cursor != null);
    }

    /// The first page only, for a caller who wants the newest few.
    public List<T> first() throws InterruptedException {
        return source.fetch(null).items();
    }
}

package io.walkback.scheduler.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One page of a list.
///
/// @param nextCursor null on the last page
record Page<T>(List<T> items, @Nullable String nextCursor) {
    static final int LIMIT = 500;

    /// Cuts a page out of `all`. A cursor is the mark of the last item that was shown, so records that come or go
    /// in between neither shift nor double the others.
    ///
    /// @param mark text that orders the items and is different for each
    static <S, T> Page<T> of(
            Stream<S> all, Function<S, String> mark, @Nullable String cursor, int limit, Function<S, T> show) {
        if (limit < 1 || limit > LIMIT) {
            throw Refused.badRequest("limit is 1 to " + LIMIT + ", not " + limit, "Ask for more pages instead.");
        }
        String after = cursor == null || cursor.isBlank() ? "" : decode(cursor);
        List<S> found = all.filter(item -> mark.apply(item).compareTo(after) > 0)
                .sorted(Comparator.comparing(mark))
                .limit(limit + 1L)
                .toList();
        boolean more = found.size() > limit;
        List<S> shown = more ? found.subList(0, limit) : found;
        return new Page<>(shown.stream().map(show).toList(), more ? encode(mark.apply(shown.getLast())) : null);
    }

    /// A mark that puts the newest first.
    static String newestFirst(Instant at, String key) {
        long micros = Math.multiplyExact(at.getEpochSecond(), 1_000_000L) + at.getNano() / 1_000;
        return String.format(Locale.ROOT, "%019d/%s", Long.MAX_VALUE - micros, key);
    }

    private static String encode(String mark) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mark.getBytes(UTF_8));
    }

    private static String decode(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), UTF_8);
        } catch (IllegalArgumentException refused) {
            throw Refused.badRequest("not a cursor", "Take 'nextCursor' of the page before, as it is.");
        }
    }
}

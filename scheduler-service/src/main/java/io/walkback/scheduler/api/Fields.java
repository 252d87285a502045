package io.walkback.scheduler.api;

import io.walkback.domain.Text;
import io.walkback.domain.TimelineId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Text of a request made into what it stands for.
final class Fields {
    private Fields() {}

    static <T> T required(String name, @Nullable String text, Function<String, T> make) {
        T made = optional(name, text, make);
        if (made == null) {
            throw Refused.badRequest("'" + name + "' is missing", "docs/api.md lists what is required.");
        }
        return made;
    }

    static <T> @Nullable T optional(String name, @Nullable String text, Function<String, T> make) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return make.apply(text);
        } catch (IllegalArgumentException | DateTimeException refused) {
            throw Refused.badRequest(name + ": " + refused.getMessage(), "docs/api.md says what '" + name + "' takes.");
        }
    }

    /// A time that names its zone (pitfall 44).
    static @Nullable Instant time(String name, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException refused) {
            throw Refused.unusable(
                    name + ": '" + Text.printable(text, 60) + "' is not a time with its zone",
                    "Write it as 2026-11-22T03:15:00Z or 2026-11-22T04:15:00+01:00; without a zone it could be any of"
                            + " 24 moments.");
        }
    }

    static @Nullable TimelineId timeline(@Nullable Long number) {
        if (number == null) {
            return null;
        }
        if (number < 1 || number > 0xFFFF_FFFFL) {
            throw Refused.badRequest("a timeline is 1 to 4294967295, not " + number, "Leave it out for the backup's.");
        }
        return new TimelineId(number.intValue());
    }
}

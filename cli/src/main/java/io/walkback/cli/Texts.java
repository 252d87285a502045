package io.walkback.cli;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalQueries;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

/// Arguments made into what they stand for. What is refused is `REQUEST_INVALID`, exit code 2.
final class Texts {
    /// `T` or a blank between date and time, seconds optional, then `Z`, an offset of hours or more, or
    /// `[Region/City]`.
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("[' ']['T']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendPattern("[' ']")
            .appendOffset("+HH:mm:ss", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH", "Z")
            .optionalEnd()
            .optionalStart()
            .appendLiteral('[')
            .appendZoneRegionId()
            .appendLiteral(']')
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    private Texts() {}

    static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /// [FailureCode#UNKNOWN] for a name that only a newer service has.
    static FailureCode code(String name) {
        return Arrays.stream(FailureCode.values())
                .filter(code -> code.name().equals(name))
                .findFirst()
                .orElse(FailureCode.UNKNOWN);
    }

    static OperatorActionException refused(String message, String hint) {
        return new OperatorActionException(FailureCode.REQUEST_INVALID, message, hint);
    }

    /// A moment, which takes a zone (pitfall 44).
    static Instant moment(String option, String text) {
        try {
            var parsed = TIME.parse(text.strip());
            if (parsed.query(TemporalQueries.zone()) == null) {
                Instant asUtc = LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
                throw refused(
                        option + " '" + Text.printable(text, 60) + "' names no zone",
                        "If you mean UTC, write " + asUtc + "; otherwise add the offset, as in +01:00.");
            }
            return ZonedDateTime.from(parsed).toInstant();
        } catch (DateTimeException malformed) {
            throw refused(
                    option + " '" + Text.printable(text, 60) + "' is not a time",
                    "Write it as 2026-11-22T03:15:00Z or '2026-11-22 04:15:00+01:00'.");
        }
    }

    static Lsn lsn(String option, String text) {
        return made(option, text, Lsn::parse);
    }

    static <T> T made(String option, String text, Function<String, T> make) {
        try {
            return make.apply(text);
        } catch (IllegalArgumentException malformed) {
            throw refused(option + ": " + malformed.getMessage(), "See 'walkback help' for what it takes.");
        }
    }

    /// `90s`, `30m`, `4h`; more than nothing, a week at most.
    static Duration duration(String option, String text) {
        if (text.matches("[1-9][0-9]{0,5}[smh]")) {
            long number = Long.parseLong(text.substring(0, text.length() - 1));
            Duration duration =
                    switch (text.charAt(text.length() - 1)) {
                        case 's' -> Duration.ofSeconds(number);
                        case 'm' -> Duration.ofMinutes(number);
                        default -> Duration.ofHours(number);
                    };
            if (duration.compareTo(Duration.ofDays(7)) <= 0) {
                return duration;
            }
        }
        throw refused(
                option + " '" + Text.printable(text, 20) + "' is not a duration",
                "Write 90s, 30m or 4h; a week at most.");
    }

    /// Absolute and without `..`; relative ones are meant from the current folder.
    static Path path(String option, String text) {
        try {
            if (text.isBlank()) {
                throw refused(option + " is empty", "Name a directory.");
            }
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException malformed) {
            throw refused(option + " is not a path", "Name a directory.");
        }
    }
}

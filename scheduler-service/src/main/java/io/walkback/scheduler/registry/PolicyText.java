package io.walkback.scheduler.registry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/// The values of a policy as people write them, in the file and through the API. Each method throws
/// [IllegalArgumentException] with a sentence for the writer.
public final class PolicyText {
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,4})([smhd])");
    private static final Pattern SPAN = Pattern.compile("([1-9][0-9]{0,4})([dh])");

    private PolicyText() {}

    public static String cron(String text) {
        try {
            CronExpression.parse(text);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                    "not a schedule of six fields beginning with seconds, such as '0 0 2 * * *': "
                            + refused.getMessage(),
                    refused);
        }
        if (text.isBlank() || text.trim().startsWith("*")) {
            throw new IllegalArgumentException("a schedule names the second at which it runs, '" + text + "' does not");
        }
        return text;
    }

    public static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException refused) {
            throw new IllegalArgumentException("not a zone such as America/New_York: '" + text + "'", refused);
        }
    }

    /// `30d` or `720h`.
    public static Duration retention(String text) {
        Matcher span = SPAN.matcher(text);
        if (!span.matches()) {
            throw new IllegalArgumentException("a retention is a number with d or h, such as 30d, not '" + text + "'");
        }
        long number = Long.parseLong(span.group(1));
        return span.group(2).equals("d") ? Duration.ofDays(number) : Duration.ofHours(number);
    }

    /// The same, or `none`.
    public static Optional<Duration> optionalRetention(String text) {
        return text.equals("none") ? Optional.empty() : Optional.of(retention(text));
    }

    /// The same back.
    public static String optionalRetention(@Nullable Duration retention) {
        return retention == null ? "none" : retention(retention);
    }

    /// The same back: whole days where it is so.
    public static String retention(Duration retention) {
        return retention.toHours() % 24 == 0 ? retention.toDays() + "d" : retention.toHours() + "h";
    }

    /// `90s`, `45m`, `4h` or `28d`.
    public static Duration time(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new IllegalArgumentException("a time is a number with s, m, h or d, such as 45m, not '" + text + "'");
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /// The same, or `none` for zero.
    public static Duration timeOrNone(String text) {
        return text.equals("none") ? Duration.ZERO : time(text);
    }

    /// The same back, in the largest unit that it is whole in.
    public static String time(Duration time) {
        long seconds = time.toSeconds();
        if (seconds == 0) {
            return "none";
        }
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /// Whether the word asks for a spread checkpoint.
    public static boolean spread(String text) {
        return switch (text) {
            case "spread" -> true;
            case "fast" -> false;
            default -> throw new IllegalArgumentException("a checkpoint is fast or spread, not '" + text + "'");
        };
    }

    /// A flag, and nothing that only looks like one.
    public static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false belongs here, not '" + text + "'");
        };
    }
}

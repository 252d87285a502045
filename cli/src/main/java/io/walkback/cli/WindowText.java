package io.walkback.cli;

import io.walkback.client.RecoverabilityView;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is said of a window in one line.
final class WindowText {
    private WindowText() {}

    /// The earliest time that can be reached; null where none can.
    static @Nullable Instant first(RecoverabilityView window) {
        return window.ranges().stream()
                .map(RecoverabilityView.Range::fromTime)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /// The latest.
    static @Nullable Instant last(RecoverabilityView window) {
        return window.ranges().stream()
                .map(RecoverabilityView.Range::toTime)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    /// What would be lost now: `2.5 s`, `3 h 12 min`, `unknown`.
    static String rpo(@Nullable Long millis) {
        if (millis == null) {
            return "unknown";
        }
        Duration age = Duration.ofMillis(millis);
        if (age.toHours() > 0) {
            return age.toHours() + " h " + age.toMinutesPart() + " min";
        }
        return age.toMinutes() > 0
                ? age.toMinutes() + " min " + age.toSecondsPart() + " s"
                : age.toSeconds() + "." + age.toMillisPart() / 100 + " s";
    }
}

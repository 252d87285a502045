package io.walkback.domain.retention;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What is kept beside the recovery window. Each rule only adds to what is kept; zero and null switch one off.
///
/// @param keepCount how many of the newest completed backups are kept, 0 to 10 000
/// @param keepAge how long every completed backup is kept
/// @param keepDaily of how many days that have a backup the first one is kept, 0 to 10 000
/// @param keepWeekly of how many ISO weeks that have a backup the first one is kept
/// @param keepMonthly of how many months that have a backup the first one is kept
/// @param keepYearly of how many years that have a backup the first one is kept
/// @param minimumRedundancy how many completed backups stay whatever their age, those without page errors first, 1
///     to 10 000
/// @param minimumAge nothing younger expires, so that backups in quick succession do not push each other out
/// @param walRetention how far back WAL is kept without a hole; older backups keep only the WAL that makes them
///     consistent. Null: from the oldest kept backup on. It never cuts into the recovery window.
public record KeepRules(
        int keepCount,
        @Nullable Duration keepAge,
        int keepDaily,
        int keepWeekly,
        int keepMonthly,
        int keepYearly,
        int minimumRedundancy,
        Duration minimumAge,
        @Nullable Duration walRetention) {
    /// Nothing beside the recovery window; two backups stay whatever their age, and none goes within a day.
    public static final KeepRules DEFAULT = new KeepRules(0, null, 0, 0, 0, 0, 2, Duration.ofDays(1), null);

    private static final int MOST = 10_000;

    public KeepRules {
        require("keepCount", 0, keepCount);
        require("keepDaily", 0, keepDaily);
        require("keepWeekly", 0, keepWeekly);
        require("keepMonthly", 0, keepMonthly);
        require("keepYearly", 0, keepYearly);
        require("minimumRedundancy", 1, minimumRedundancy);
        require("minimumAge", minimumAge);
        if (keepAge != null) {
            require("keepAge", keepAge);
        }
        if (walRetention != null) {
            require("walRetention", walRetention);
        }
    }

    private static void require(String name, int least, int value) {
        if (value < least || value > MOST) {
            throw new IllegalArgumentException(name + " is " + least + " to " + MOST + ", not " + value);
        }
    }

    private static void require(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " is longer than nothing, not " + value);
        }
    }
}

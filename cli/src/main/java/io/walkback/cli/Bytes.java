package io.walkback.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Sizes for people: decimal units, as disks are sold.
final class Bytes {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    private Bytes() {}

    static @Nullable String text(@Nullable Long bytes) {
        if (bytes == null) {
            return null;
        }
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}

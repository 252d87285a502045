package io.walkback.domain;

import java.util.Locale;

/// A PostgreSQL timeline: 1 at initdb, one more (at least) after each promotion. Unsigned 32-bit, never 0.
public record TimelineId(int value) implements Comparable<TimelineId> {
    public static final TimelineId FIRST = new TimelineId(1);

    public TimelineId {
        if (value == 0) {
            throw new IllegalArgumentException("timeline 0 does not exist");
        }
    }

    /// The name of the file that tells where this timeline left its parents, `00000002.history`.
    public String historyFileName() {
        return String.format(Locale.ROOT, "%08X.history", value);
    }

    @Override
    public int compareTo(TimelineId other) {
        return Integer.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toUnsignedString(value);
    }
}

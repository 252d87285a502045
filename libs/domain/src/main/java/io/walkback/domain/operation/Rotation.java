package io.walkback.domain.operation;

import java.time.Duration;

/// One of several parts of what a repository holds of a database. Runs with each part in turn read everything.
///
/// @param part from 1 to `of`
public record Rotation(int part, int of) {
    /// Runs of one a day all end while the first of them is still known, so that it can be told whether everything
    /// was read.
    public static final int MOST =
            (int) OperationFold.KEPT.minus(Duration.ofDays(2)).toDays();

    public Rotation {
        if (of < 1 || of > MOST || part < 1 || part > of) {
            throw new IllegalArgumentException(
                    "part " + part + " of " + of + "; parts are 1 to their number, at most " + MOST);
        }
    }

    /// The part after this one, the first after the last.
    public Rotation next() {
        return new Rotation(part % of + 1, of);
    }
}

package io.walkback.repository.wal;

import java.time.Instant;

/// The earliest and the latest commit that a segment holds, by the server's clock.
public record CommitTimes(Instant first, Instant last) {
    public CommitTimes {
        if (last.isBefore(first)) {
            throw new IllegalArgumentException("commits from " + first + " to " + last);
        }
    }
}

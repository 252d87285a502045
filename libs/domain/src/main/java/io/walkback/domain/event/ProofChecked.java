package io.walkback.domain.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// How old the proof of a database's recovery is, and how its figures stand against what is promised.
///
/// @param header id, database and time; no version, the log does not know that time passes
/// @param provenAt when a rehearsal last proved a backup; null: never
/// @param overdueSince since when that is too long ago; null: it is not, or no rehearsal is scheduled
/// @param drillRtoMs what the newest proof measured; null where there is none
/// @param drillRpoMs likewise; null also where nothing could measure it
/// @param forecastMs how long recovery would take now, by measured rates; null while none were measured
/// @param rtoMs what is promised
/// @param rpoMs likewise
public record ProofChecked(
        EventHeader header,
        @Nullable Instant provenAt,
        @Nullable Instant overdueSince,
        @Nullable Long drillRtoMs,
        @Nullable Long drillRpoMs,
        @Nullable Long forecastMs,
        long rtoMs,
        long rpoMs)
        implements Event {
    public ProofChecked {
        provenAt = provenAt == null ? null : provenAt.truncatedTo(ChronoUnit.MICROS);
        overdueSince = overdueSince == null ? null : overdueSince.truncatedTo(ChronoUnit.MICROS);
    }

    /// Whether the newest rehearsal took longer than is promised.
    public boolean isDrillTooSlow() {
        return drillRtoMs != null && drillRtoMs > rtoMs;
    }

    /// Whether the newest rehearsal lost more than is promised.
    public boolean isDrillTooLossy() {
        return drillRpoMs != null && drillRpoMs > rpoMs;
    }

    /// Whether recovery now would take longer than is promised.
    public boolean isForecastTooSlow() {
        return forecastMs != null && forecastMs > rtoMs;
    }
}

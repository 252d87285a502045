package io.walkback.scheduler.api;

import io.walkback.domain.database.DrillPolicy;
import io.walkback.scheduler.window.Windows;
import java.util.Locale;

/// How long recovery to the end of all WAL would take now, and what is promised.
///
/// @param basis  `drills` or `restores` of this database, or `assumed`: nothing was measured yet
/// @param missed whether that is longer than is promised; never by what is assumed
record ForecastJson(
        long seconds,
        String basis,
        String backupId,
        long backupBytes,
        long walBytes,
        long objectiveSeconds,
        boolean missed) {
    static ForecastJson of(Windows.Forecast forecast, DrillPolicy objectives) {
        return new ForecastJson(
                forecast.estimate().seconds(),
                forecast.estimate().basis().name().toLowerCase(Locale.ROOT),
                forecast.way().backup().base().backup().value(),
                forecast.way().backup().sizeBytes(),
                forecast.way().replayBytes(),
                objectives.rto().toSeconds(),
                forecast.estimate().measured() && forecast.estimate().time().compareTo(objectives.rto()) > 0);
    }
}

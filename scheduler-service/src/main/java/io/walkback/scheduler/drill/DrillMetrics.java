package io.walkback.scheduler.drill;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.walkback.domain.event.DrillHistory;
import io.walkback.domain.event.DrillRun;
import io.walkback.scheduler.state.State;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What the newest proof of each database says, a row per database that was ever proven. For one thread.
public final class DrillMetrics {
    private final State state;
    private final MultiGauge success;
    private final MultiGauge rto;
    private final MultiGauge rpo;

    public DrillMetrics(State state, MeterRegistry meters) {
        this.state = state;
        this.success = MultiGauge.builder("walkback.drill.last.success.timestamp.seconds")
                .description("When a rehearsal last proved a backup of a database")
                .register(meters);
        this.rto = MultiGauge.builder("walkback.drill.rto.seconds")
                .description("How long recovery took in that rehearsal")
                .register(meters);
        this.rpo = MultiGauge.builder("walkback.drill.rpo.seconds")
                .description("How much was lost in that rehearsal; no row where nothing could measure it")
                .register(meters);
    }

    public void tick() {
        List<DrillHistory> all = state.drills().all().toList();
        success.register(rows(all, run -> Optional.of(run.at().toEpochMilli() / 1e3)), true);
        rto.register(rows(all, run -> Optional.of(run.rtoMs() / 1e3)), true);
        rpo.register(rows(all, run -> Optional.ofNullable(run.rpoMs()).map(lost -> lost / 1e3)), true);
    }

    private static List<MultiGauge.Row<?>> rows(List<DrillHistory> all, Function<DrillRun, Optional<Double>> value) {
        return all.stream()
                .<MultiGauge.Row<?>>flatMap(history -> history.lastProven().flatMap(value).stream()
                        .map(number -> MultiGauge.Row.of(
                                Tags.of("db", history.header().database().value()), number)))
                .toList();
    }
}

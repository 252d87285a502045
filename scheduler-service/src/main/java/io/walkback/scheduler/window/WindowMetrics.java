package io.walkback.scheduler.window;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.RecoverableRange;
import io.walkback.scheduler.state.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// The windows as metrics, a row per database: times in seconds since 1970, and how many holes stand open. A
/// database that cannot be walked back to any time has no row of the first two. For one thread.
public final class WindowMetrics {
    private final State state;
    private final MultiGauge start;
    private final MultiGauge end;
    private final MultiGauge gaps;

    public WindowMetrics(State state, MeterRegistry meters) {
        this.state = state;
        this.start = MultiGauge.builder("walkback.recoverability.start.timestamp.seconds")
                .description("Earliest time that a database can be recovered to")
                .register(meters);
        this.end = MultiGauge.builder("walkback.recoverability.end.timestamp.seconds")
                .description("Latest time that a database can be recovered to")
                .register(meters);
        this.gaps = MultiGauge.builder("walkback.wal.gap.count")
                .description("Holes in a database's WAL that no backup leads past yet")
                .register(meters);
    }

    public void tick() {
        List<Recoverability> all = state.recoverability().all().toList();
        start.register(rows(all, window -> first(window)), true);
        end.register(rows(all, window -> last(window)), true);
        gaps.register(rows(all, window -> Optional.of((double) window.openGaps())), true);
    }

    private static List<MultiGauge.Row<?>> rows(
            List<Recoverability> all, Function<Recoverability, Optional<Double>> value) {
        return all.stream()
                .<MultiGauge.Row<?>>flatMap(window -> value.apply(window).stream()
                        .map(number -> MultiGauge.Row.of(
                                Tags.of("db", window.header().database().value()), number)))
                .toList();
    }

    private static Optional<Double> first(Recoverability window) {
        return window.ranges().stream()
                .map(RecoverableRange::fromTime)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .map(WindowMetrics::seconds);
    }

    private static Optional<Double> last(Recoverability window) {
        return window.ranges().stream()
                .map(RecoverableRange::toTime)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .map(WindowMetrics::seconds);
    }

    private static double seconds(Instant time) {
        return time.toEpochMilli() / 1e3;
    }
}

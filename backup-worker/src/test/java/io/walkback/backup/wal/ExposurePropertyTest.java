package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.Lsn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ExposurePropertyTest {
    private static final long MILLI = 1_000_000;
    private static final Duration GRAIN = Duration.ofMillis(250);

    /// @param pause   milliseconds since the one before
    /// @param written bytes that the server has more
    /// @param stored  bytes that become durable, if there are so many
    record Step(long pause, long written, long stored) {}

    /// What was heard of, and when.
    private record Written(long end, long nanos) {}

    @Property // P6: what is told is never less than what would be lost
    void theAgeOfTheOldestBytesThatAreNotDurableIsNeverUnderstated(@ForAll("steps") List<Step> steps) {
        // Given
        Exposure exposure = new Exposure(0);
        exposure.connected(new Lsn(1000), new Lsn(1000), 0);
        List<Written> all = new ArrayList<>();
        long now = 0;
        long end = 1000;
        long durable = 1000;
        for (Step step : steps) {
            // When
            now += step.pause() * MILLI;
            end += step.written();
            durable = Math.min(end, durable + step.stored());
            if (step.written() > 0) {
                all.add(new Written(end, now));
            }
            exposure.heard(new Lsn(end), now);
            exposure.durable(new Lsn(durable));
            // Then
            long stored = durable;
            long at = now;
            Duration exact = all.stream()
                    .filter(written -> written.end() > stored)
                    .findFirst()
                    .map(written -> Duration.ofNanos(at - written.nanos()))
                    .orElse(Duration.ZERO);
            Duration told = exposure.at(now);
            assertThat(told).isBetween(exact, exact.plus(GRAIN));
            if (durable == end) {
                assertThat(told).isZero();
            }
        }
    }

    @Example // pitfall 14
    void anIdleServerExposesNothingAndOneThatNobodyListensToDoes() {
        Exposure exposure = new Exposure(0);
        exposure.connected(new Lsn(5), new Lsn(5), 10 * MILLI);
        assertThat(exposure.at(3_600_000 * MILLI)).isZero();
        exposure.alone(3_600_000 * MILLI);
        assertThat(exposure.at(3_601_000 * MILLI)).isEqualTo(Duration.ofSeconds(1));
        exposure.heard(new Lsn(9), 3_602_000 * MILLI);
        exposure.connected(new Lsn(5), new Lsn(9), 3_603_000 * MILLI);
        assertThat(exposure.at(3_604_000 * MILLI))
                .as("what was written while nobody listened may be as old as that")
                .isEqualTo(Duration.ofSeconds(4));
        exposure.durable(new Lsn(9));
        assertThat(exposure.at(3_605_000 * MILLI)).isZero();
    }

    @Example
    void aBacklogOfDaysIsCoarseAndBoundedAndNeverYoungerThanItIs() {
        Exposure exposure = new Exposure(0);
        exposure.connected(new Lsn(0), new Lsn(0), 0);
        int quarters = 400_000;
        for (int i = 1; i <= quarters; i++) {
            exposure.heard(new Lsn(i), i * 250L * MILLI);
        }
        exposure.durable(new Lsn(quarters / 2));
        Duration exact = Duration.ofMillis(250L * (quarters - quarters / 2 - 1));
        assertThat(exposure.at(quarters * 250L * MILLI)).isBetween(exact, exact.plusSeconds(250));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 900),
                        Arbitraries.longs().between(0, 3),
                        Arbitraries.longs().between(0, 4))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}

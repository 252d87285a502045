package io.walkback.scheduler.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walkback.scheduler.window.Pace.Sample;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

class PacePropertyTest {
    private static final long GB = 1_000_000_000;

    @Provide
    Arbitrary<List<Sample>> samples() {
        Arbitrary<Long> sizes = Arbitraries.longs().between(0, 1L << 44);
        Arbitrary<Double> seconds = Arbitraries.doubles().between(0, 100_000);
        return Combinators.combine(sizes, sizes, seconds, seconds, seconds)
                .as(Sample::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(10);
    }

    @Property
    void theForecastForTheNewestRecoverysOwnSizeIsWhatItTook(@ForAll("samples") List<Sample> samples) {
        // Given
        Sample newest = samples.getLast();
        double took = newest.byteSeconds() + newest.walSeconds() + newest.fixedSeconds();
        // When, Then
        assertThat(Pace.seconds(samples, newest.bytes(), newest.walBytes())).isCloseTo(took, within(1e-6));
    }

    @Property
    void moreBytesAndMoreWalNeverTakeLess(
            @ForAll("samples") List<Sample> samples,
            @ForAll @LongRange(max = 1L << 44) long bytes,
            @ForAll @LongRange(max = 1L << 44) long wal,
            @ForAll @LongRange(max = 1L << 40) long more) {
        // When
        double less = Pace.seconds(samples, bytes, wal);
        // Then
        assertThat(less).isGreaterThanOrEqualTo(0).isFinite();
        assertThat(Pace.seconds(samples, bytes + more, wal)).isGreaterThanOrEqualTo(less);
        assertThat(Pace.seconds(samples, bytes, wal + more)).isGreaterThanOrEqualTo(less);
    }

    @Property
    void recoveriesOfDifferentSizesGiveBackTheLineThatMadeThem(
            @ForAll @LongRange(min = 1, max = 100) long fixedTenths,
            @ForAll @LongRange(min = 1, max = 200) long secondsPerGb,
            @ForAll @LongRange(max = 500) long wanted) {
        // Given recoveries of 1, 4 and 2 GB with as much WAL, each with a part that stays
        List<Sample> samples = List.of(
                made(1, fixedTenths, secondsPerGb),
                made(4, fixedTenths, secondsPerGb),
                made(2, fixedTenths, secondsPerGb));
        // When
        double forecast = Pace.seconds(samples, wanted * GB, wanted * GB);
        // Then
        double line = fixedTenths / 10.0 + (double) secondsPerGb * wanted;
        assertThat(forecast).isCloseTo(2 * line + 3, within(1e-3));
    }

    private static Sample made(long gigabytes, long fixedTenths, long secondsPerGb) {
        double seconds = fixedTenths / 10.0 + (double) secondsPerGb * gigabytes;
        return new Sample(gigabytes * GB, gigabytes * GB, seconds, seconds, 3);
    }

    @Example
    void oneRecoveryLendsItsRates() {
        // Given 10 GB in 50 s, 1 GB of WAL in 20 s, and 5 s beside
        List<Sample> one = List.of(new Sample(10 * GB, GB, 50, 20, 5));
        // When, Then
        assertThat(Pace.seconds(one, 20 * GB, GB)).isCloseTo(125, within(1e-9));
        assertThat(Pace.seconds(one, 20 * GB, 3 * GB)).isCloseTo(165, within(1e-9));
    }

    @Example
    void aRecoveryThatWasOverAtOnceTellsNoRate() {
        // Given 30 MB in 0.2 s: the start of a process
        List<Sample> one = List.of(new Sample(30_000_000, 0, 0.2, 0, 1));
        // When, Then 10 GB more by the rate that is assumed
        assertThat(Pace.seconds(one, 30_000_000 + 10 * GB, 0)).isCloseTo(1.2 + 100, within(1e-9));
    }

    @Example
    void withoutARecoveryTheRatesAreAssumed() {
        assertThat(Pace.seconds(List.of(), GB, GB)).isCloseTo(10 + 20, within(1e-9));
    }
}

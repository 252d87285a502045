package io.walkback.scheduler.drill;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.event.ProofChecked;
import io.walkback.domain.operation.Verdict;
import io.walkback.scheduler.window.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProofWatchTest {
    private static final Instant BACKUP = NOW.minus(Duration.ofDays(30));

    private final DrillCase shop = new DrillCase();
    private final ProofWatch watch =
            new ProofWatch(shop.filled.state, new Windows(shop.filled.state), shop.sent.commands, shop.sent.clock);

    @BeforeEach
    void register() {
        shop.register(DrillPolicy.DEFAULT, DrillCase.LONG_AGO);
        shop.backedUp(BACKUP);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    private ProofChecked told() {
        List<ProofChecked> all = shop.sent.messages(ProofChecked.class).toList();
        return all.getLast();
    }

    private long count() {
        return shop.sent.messages(ProofChecked.class).count();
    }

    private void later(Duration by) {
        shop.sent.clock.advance(by);
        watch.tick();
    }

    @Test // P9, P10
    void tellsOnTheDayWhenProofIsOverdueThoughNoWorkerIsThere() {
        // Given
        watch.tick();
        assertThat(told().overdueSince()).isNull();
        // When 35 days have passed since the backup, and not a minute less
        later(Duration.ofDays(5).minusMinutes(1));
        assertThat(count()).isOne();
        later(Duration.ofMinutes(2));
        // Then
        assertThat(told().overdueSince()).isEqualTo(BACKUP.plus(Duration.ofDays(35)));
        assertThat(told().provenAt()).isNull();
        // When the same is so a day later, nothing is told again
        later(Duration.ofDays(1));
        assertThat(count()).isEqualTo(2);
    }

    @Test // P9
    void onlyAProofEndsIt() {
        // Given
        shop.sent.clock.advance(Duration.ofDays(10));
        watch.tick();
        assertThat(told().overdueSince()).isNotNull();
        // When
        Instant now = shop.sent.clock.instant();
        shop.drilled("d1", Verdict.UNPROVEN, now, 1_000, null);
        shop.drilled("d2", Verdict.FAILED, now, 1_000, null);
        later(Duration.ofMinutes(1));
        assertThat(count()).isOne();
        shop.drilled("d3", Verdict.PROVEN, now, 1_000, 5L);
        later(Duration.ofMinutes(1));
        // Then
        assertThat(told().overdueSince()).isNull();
        assertThat(told().provenAt()).isEqualTo(now);
        assertThat(told().drillRtoMs()).isEqualTo(1_000);
    }

    @Test
    void tellsWhenTheNewestProofBreaksAnObjective() {
        // Given
        watch.tick();
        // When
        shop.drilled(
                "d1",
                Verdict.PROVEN,
                NOW,
                Duration.ofMinutes(46).toMillis(),
                Duration.ofHours(2).toMillis());
        later(Duration.ofMinutes(1));
        // Then
        assertThat(told().isDrillTooSlow()).isTrue();
        assertThat(told().isDrillTooLossy()).isTrue();
        // When
        shop.drilled("d2", Verdict.PROVEN, NOW.plusSeconds(60), 1_000, 1_000L);
        later(Duration.ofMinutes(1));
        // Then
        assertThat(told().isDrillTooSlow()).isFalse();
        assertThat(told().isDrillTooLossy()).isFalse();
    }

    @Test
    void saysNothingIsOverdueWhereThePolicyHasNoDrills() {
        // Given
        shop.register(DrillCase.every(Duration.ZERO), DrillCase.LONG_AGO);
        // When
        later(Duration.ofDays(400));
        // Then
        assertThat(told().overdueSince()).isNull();
    }

    @Test
    void showsTheNewestProofAsMetrics() {
        // Given
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        shop.drilled("d1", Verdict.PROVEN, NOW, 90_000, 5_000L);
        shop.drilled("d2", Verdict.FAILED, NOW.plusSeconds(60), 1_000, null);
        // When
        new DrillMetrics(shop.filled.state, meters).tick();
        // Then
        assertThat(gauge(meters, "walkback.drill.last.success.timestamp.seconds"))
                .isEqualTo(NOW.toEpochMilli() / 1e3);
        assertThat(gauge(meters, "walkback.drill.rto.seconds")).isEqualTo(90);
        assertThat(gauge(meters, "walkback.drill.rpo.seconds")).isEqualTo(5);
    }

    private static double gauge(SimpleMeterRegistry meters, String name) {
        return meters.get(name).tag("db", SHOP.value()).gauge().value();
    }
}

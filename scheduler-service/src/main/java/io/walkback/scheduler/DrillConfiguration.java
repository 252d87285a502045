package io.walkback.scheduler;

import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.drill.DrillMetrics;
import io.walkback.scheduler.drill.DrillSchedule;
import io.walkback.scheduler.drill.Drills;
import io.walkback.scheduler.drill.ProofWatch;
import io.walkback.scheduler.state.State;
import io.walkback.scheduler.window.Windows;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Rehearsals.
@Configuration(proxyBeanMethods = false)
class DrillConfiguration {
    @Bean
    Drills drills(
            State state,
            Windows windows,
            CommandWriter commands,
            Clock clock,
            SchedulerSettings settings,
            MeterRegistry meters) {
        return new Drills(
                new DrillSchedule(state, commands, clock, settings.backupEnabled()),
                new ProofWatch(state, windows, commands, clock),
                new DrillMetrics(state, meters));
    }
}

package io.walkback.alerting;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.alerting.api.AlertsController;
import io.walkback.alerting.delivery.DeliveryMeter;
import io.walkback.alerting.feed.AlertTerms;
import io.walkback.alerting.feed.FactListener;
import io.walkback.alerting.state.AlertFold;
import io.walkback.domain.event.Severity;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.listener.MessagingConfiguration;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.config.ContainerPostProcessor;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import tools.jackson.databind.json.JsonMapper;

/// How the parts are put together.
@Configuration(proxyBeanMethods = false)
@Import(MessagingConfiguration.class)
class AlertingConfiguration {
    /// Short, because a term begins with the first idle moment.
    private static final long IDLE_MILLIS = 500;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Sinks sinks(SinkProperties properties, JsonMapper json, Clock clock) {
        return new Sinks(properties, json, clock);
    }

    @Bean
    DeliveryMeter deliveryMeter(MeterRegistry meters) {
        return (sink, outcome) -> meters.counter(
                        "walkback.alert.calls",
                        "sink",
                        sink,
                        "outcome",
                        outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .increment();
    }

    @Bean
    AlertTerms alertTerms(
            KafkaClients clients,
            @Value("${spring.application.name}") String clientId,
            Sinks sinks,
            DeliveryMeter meter,
            Clock clock,
            MeterRegistry meters) {
        AlertTerms terms = new AlertTerms(clients, clientId, sinks.all(), meter, clock);
        for (Severity severity : List.of(Severity.WARNING, Severity.ERROR, Severity.CRITICAL)) {
            Gauge.builder("walkback.alerts.open", () -> open(terms, severity))
                    .tag("severity", severity.name().toLowerCase(Locale.ROOT))
                    .description("alerts that stand; 0 while another process tells")
                    .register(meters);
        }
        return terms;
    }

    private static long open(AlertTerms terms, Severity severity) {
        return terms.current().stream()
                .flatMap(term -> term.alerts().stream())
                .filter(entry ->
                        AlertFold.isOpen(entry.state()) && entry.state().severity() == severity)
                .count();
    }

    @Bean
    ContainerPostProcessor<byte[], byte[], AbstractMessageListenerContainer<byte[], byte[]>> idleEvents() {
        return container -> container.getContainerProperties().setIdleEventInterval(IDLE_MILLIS);
    }

    @Bean
    FactListener factListener(AlertTerms terms) {
        return new FactListener(terms);
    }

    @Bean
    ExitWithListener exitWithListener(ConfigurableApplicationContext context) {
        return new ExitWithListener(context, Runtime.getRuntime()::exit);
    }

    @Bean
    AlertsController alertsController(AlertTerms terms, Clock clock) {
        return new AlertsController(terms::current, clock);
    }

    @Bean
    HealthIndicator alertingHealthIndicator(AlertTerms terms) {
        return new AlertingHealth(terms);
    }
}

package io.walkback.restore.worker;

import io.walkback.embedded.Parts;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.operations.FatalFault;
import io.walkback.repository.seal.WarmUp;
import io.walkback.restore.RestoreEngine;
import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the worker together.
@Configuration(proxyBeanMethods = false)
class RestoreWorkerConfiguration {
    /// `EX_SOFTWARE`: a part failed without which nothing works, and whoever runs this process starts another.
    static final int SOFTWARE_FAILURE = 70;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    FatalFault fatalFault(ApplicationContext context) {
        return new FatalFault(() -> System.exit(SpringApplication.exit(context, () -> SOFTWARE_FAILURE)));
    }

    @Bean(destroyMethod = "close")
    LazyRepository repository(WorkerSettings settings, Clock clock) {
        LazyRepository repository = new LazyRepository(settings.repositoryUrl(), settings.encryption(), clock);
        repository.requireKey();
        WarmUp.inBackground();
        return repository;
    }

    @Bean
    RestoreHandler restoreHandler(WorkerSettings settings, LazyRepository repository) {
        Optional<Parts> parts = System.getProperty(Parts.PROPERTY, "").isBlank()
                ? Optional.empty()
                : Optional.of(Parts.fromSystemProperty());
        return new RestoreHandler(
                settings.nodeName(), settings.restore().slots(), () -> new RestoreEngine(repository.get(), parts));
    }

    @Bean
    RestoreWorkerProcess restoreWorkerProcess(
            WorkerSettings settings, KafkaClients clients, RestoreHandler handler, Clock clock, FatalFault fatal) {
        return new RestoreWorkerProcess(settings, clients, handler, clock, fatal);
    }

    /// Up once the operation log has been read to its end.
    @Bean
    HealthIndicator operationsHealthIndicator(RestoreWorkerProcess process) {
        return () -> process.isReady()
                ? Health.up().build()
                : Health.outOfService()
                        .withDetail("reason", "the operation log is not read to its end")
                        .build();
    }
}

package io.walkback.backup;

import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.operations.FatalFault;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.seal.WarmUp;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the worker together.
@Configuration(proxyBeanMethods = false)
class BackupWorkerConfiguration {
    /// `EX_SOFTWARE`: a part failed without which nothing works, and whoever runs this process starts another.
    static final int SOFTWARE_FAILURE = 70;

    private static final Logger LOG = LoggerFactory.getLogger(BackupWorkerConfiguration.class);

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    FatalFault fatalFault(ApplicationContext context) {
        return new FatalFault(() -> System.exit(SpringApplication.exit(context, () -> SOFTWARE_FAILURE)));
    }

    /// Makes the repository where there is none. An empty place that should not be empty, such as a disk that is
    /// not mounted, shows in the log as a new repository, and as backups that store everything anew.
    @Bean(destroyMethod = "close")
    Repository repository(WorkerSettings settings, Clock clock) {
        BlobStore store = BlobStores.create(settings.repositoryUrl());
        try {
            boolean there = Repository.exists(store);
            Repository repository = settings.encryption().openOrMake(store, clock);
            WarmUp.inBackground();
            LOG.atLevel(there ? Level.INFO : Level.WARN)
                    .addKeyValue("repositoryId", repository.id())
                    .addKeyValue("location", store.location())
                    .addKeyValue("encrypted", repository.vault().isPresent())
                    .log(there ? "repository opened" : "repository made, the place was empty");
            return repository;
        } catch (RuntimeException fault) {
            store.close();
            throw fault;
        }
    }

    @Bean(destroyMethod = "close")
    LeftoverSweep leftoverSweep(Repository repository, Clock clock) {
        return new LeftoverSweep(repository.store(), clock).start();
    }

    @Bean
    BackupWorkerProcess backupWorkerProcess(
            WorkerSettings settings,
            BackupWorkerSettings load,
            KafkaClients clients,
            KafkaSettings kafka,
            Repository repository,
            Clock clock,
            MeterRegistry meters,
            FatalFault fatal) {
        return new BackupWorkerProcess(settings, load, clients, kafka.singleBroker(), repository, clock, meters, fatal);
    }

    /// Up once the operation log has been read to its end.
    @Bean
    HealthIndicator operationsHealthIndicator(BackupWorkerProcess process) {
        return () -> process.isReady()
                ? Health.up().build()
                : Health.outOfService()
                        .withDetail("reason", "the operation log is not read to its end")
                        .build();
    }
}

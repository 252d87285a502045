package io.walkback.restore.worker;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.embedded.Parts;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.FatalFault;
import io.walkback.repository.seal.WarmUp;
import io.walkback.restore.RestoreEngine;
import io.walkback.restore.inplace.Hooks;
import io.walkback.restore.inplace.InPlaceHost;
import io.walkback.restore.proof.Rehearsals;
import io.walkback.restore.proof.ReportKey;
import io.walkback.restore.proof.Reports;
import io.walkback.restore.sandbox.Sandboxes;
import io.walkback.restore.sandbox.Scratch;
import io.walkback.tail.TailLog;
import io.walkback.tail.WalTails;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the worker together.
@Configuration(proxyBeanMethods = false)
class RestoreWorkerConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreWorkerConfiguration.class);

    /// A backup-worker whose server is gone looks at the tail every 15 s at least; two minutes also cover that a
    /// worker has to take the reception over.
    private static final Duration TAIL_PATIENCE = Duration.ofMinutes(2);

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
    InPlaceHost inPlaceHost(WorkerSettings settings, KafkaSettings kafka, Clock clock) {
        return new InPlaceHost(
                new Hooks(settings.restore().hooksFolder()),
                Optional.of(kafka.stateDir().resolve("in-place")),
                settings.restore().keep(),
                clock);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    InPlaceTending inPlaceTending(InPlaceHost host) {
        return new InPlaceTending(host);
    }

    @Bean
    TailWait tailWait(LazyRepository repository, KafkaClients clients, KafkaSettings kafka) {
        return new TailWait(tails(new WalTails(clients, kafka.singleBroker())), repository, TAIL_PATIENCE);
    }

    @Bean
    RestoreHandler restoreHandler(WorkerSettings settings, LazyRepository repository, TailWait tail, InPlaceHost host) {
        return new RestoreHandler(
                settings.nodeName(),
                settings.restore().slots(),
                () -> new RestoreEngine(repository.get(), parts(), host),
                tail);
    }

    @Bean
    DrillHandler drillHandler(
            WorkerSettings settings, LazyRepository repository, KafkaSettings kafka, TailWait tail, Clock clock) {
        Scratch scratch = new Scratch(settings.drill().scratchFolder(kafka.stateDir()));
        Thread.ofVirtual().name("sweep-scratch").start(() -> sweep(scratch));
        return new DrillHandler(
                settings.nodeName(),
                repository,
                () -> new Rehearsals(
                        repository.get(),
                        new Sandboxes(repository.get(), parts(), scratch),
                        new Reports(
                                kafka.stateDir().resolve("drill-reports"),
                                ReportKey.at(kafka.stateDir().resolve("drill-report.key"))),
                        clock),
                new DrillChoices(clock, RandomGenerator.getDefault()),
                tail);
    }

    private static Optional<Parts> parts() {
        return System.getProperty(Parts.PROPERTY, "").isBlank()
                ? Optional.empty()
                : Optional.of(Parts.fromSystemProperty());
    }

    /// What cannot be swept away keeps nobody from working: each scratch cluster has a folder of its own.
    private static void sweep(Scratch scratch) {
        try {
            int removed = scratch.sweep();
            LOG.atDebug().addKeyValue("removed", removed).log("scratch folder swept");
        } catch (PlatformException fault) {
            LOG.atError()
                    .setCause(fault)
                    .addKeyValue("failureCode", fault.code())
                    .log("scratch folder cannot be swept, it may fill up");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static TailWait.Tails tails(WalTails tails) {
        return (database, system) -> {
            Optional<TailLog> found = tails.find(database);
            if (found.isEmpty()) {
                return List.of();
            }
            try (TailLog log = found.get()) {
                TailLog.Contents contents = log.contents(log.span());
                if (contents.unreadable() > 0) {
                    throw new OperatorActionException(
                            FailureCode.TARGET_UNREACHABLE,
                            "the wal tail of database '" + database + "' has " + contents.unreadable()
                                    + " records that this version cannot read",
                            "A later version may have written them: let its backup-worker bring them over. Or name a"
                                    + " --target-time, and what they hold is left out.");
                }
                return contents.reach().getOrDefault(system, Map.of()).values();
            }
        };
    }

    @Bean
    RestoreWorkerProcess restoreWorkerProcess(
            WorkerSettings settings,
            KafkaClients clients,
            List<AttemptHandler> handlers,
            Clock clock,
            FatalFault fatal,
            // Begun before any work is taken.
            InPlaceTending tending) {
        return new RestoreWorkerProcess(settings, clients, handlers, clock, fatal);
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

package io.walkback.scheduler;

import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.catalog.view.StateFollower;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.listener.MessagingConfiguration;
import io.walkback.operations.OperationLog;
import io.walkback.operations.kafka.KafkaOperationLog;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.blob.BlobStores;
import io.walkback.scheduler.api.Heartbeats;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.drill.Drills;
import io.walkback.scheduler.expiry.ExpirySchedule;
import io.walkback.scheduler.expiry.RepositoryAccess;
import io.walkback.scheduler.expiry.Retentions;
import io.walkback.scheduler.expiry.SecondPlace;
import io.walkback.scheduler.registry.Registry;
import io.walkback.scheduler.request.RequestRules;
import io.walkback.scheduler.state.State;
import io.walkback.scheduler.trigger.CopyWatch;
import io.walkback.scheduler.trigger.GapBackups;
import io.walkback.scheduler.trigger.KeyExpiry;
import io.walkback.scheduler.trigger.PushedWal;
import io.walkback.scheduler.trigger.Reconciler;
import io.walkback.scheduler.trigger.Trigger;
import io.walkback.scheduler.trigger.VerificationSchedule;
import io.walkback.scheduler.trigger.WalWatch;
import io.walkback.scheduler.window.ArchiveCheck;
import io.walkback.scheduler.window.Targets;
import io.walkback.scheduler.window.WindowMetrics;
import io.walkback.scheduler.window.Windows;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.event.ConsumerStoppedEvent;

/// Puts the parts together.
@Configuration(proxyBeanMethods = false)
@Import(MessagingConfiguration.class)
class SchedulerConfiguration {
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    FatalExit fatalExit() {
        return new FatalExit();
    }

    @Bean
    State state() {
        return State.empty();
    }

    @Bean(destroyMethod = "")
    StateFollower stateFollower(KafkaClients clients, SchedulerSettings settings, State state, FatalExit onFatal) {
        return new StateFollower(() -> clients.reader(settings.node() + "-state"), state.byTopic(), onFatal);
    }

    @Bean(destroyMethod = "close")
    Producer<String, Object> logProducer(KafkaClients clients, SchedulerSettings settings) {
        return clients.producer(settings.node() + "-scheduler");
    }

    @Bean
    OperationLog operationLog(Producer<String, Object> logProducer) {
        return new KafkaOperationLog(logProducer);
    }

    @Bean(destroyMethod = "close")
    CommandWriter commandWriter(KafkaClients clients, SchedulerSettings settings, Clock clock) {
        String transactionalId = "commands-" + UUID.randomUUID();
        return new CommandWriter(() -> clients.transactional(settings.node() + "-commands", transactionalId), clock);
    }

    @Bean
    RequestRules requestRules(State state, Windows windows) {
        return new RequestRules(state::database, state.approvals()::find, new Targets(windows)::problem);
    }

    @Bean
    Windows windows(State state) {
        return new Windows(state);
    }

    @Bean
    WindowMetrics windowMetrics(State state, MeterRegistry meters) {
        return new WindowMetrics(state, meters);
    }

    @Bean
    GapBackups gapBackups(State state, CommandWriter commands, Clock clock, SchedulerSettings settings) {
        return new GapBackups(state, commands, clock, settings.backupEnabled());
    }

    @Bean
    Registry registry(
            State state,
            CommandWriter commands,
            SchedulerSettings settings,
            RepositoryAccess repository,
            SecondPlace second) {
        return new Registry(
                state,
                commands,
                settings.config(),
                settings.retention(),
                repository::requireLocks,
                second::requireCopies);
    }

    @Bean
    Trigger trigger(State state, CommandWriter commands, Clock clock, SchedulerSettings settings) {
        return new Trigger(state, commands, clock, settings.backupEnabled());
    }

    @Bean
    Reconciler reconciler(State state, OperationLog log, Clock clock) {
        return new Reconciler(state, log, clock);
    }

    @Bean
    KeyExpiry keyExpiry(State state, CommandWriter commands, Clock clock) {
        return new KeyExpiry(state, commands, clock);
    }

    @Bean
    ExpirySchedule expirySchedule(State state, CommandWriter commands, Clock clock, SchedulerSettings settings) {
        return new ExpirySchedule(state, commands, clock, settings.backupEnabled());
    }

    @Bean
    VerificationSchedule verificationSchedule(
            State state, CommandWriter commands, Clock clock, SchedulerSettings settings) {
        return new VerificationSchedule(state, commands, clock, settings.backupEnabled());
    }

    @Bean
    CopyWatch copyWatch(State state, CommandWriter commands, Clock clock) {
        return new CopyWatch(state, commands, clock);
    }

    @Bean(destroyMethod = "close")
    PushedWal pushedWal(State state, ServerLook servers, Clock clock, FatalExit onFatal) {
        return new PushedWal(state, servers::position, clock, onFatal);
    }

    /// Heartbeats are there once the engine runs, and nobody looks before.
    @Bean
    WalWatch walWatch(
            State state, ObjectProvider<Engine> engine, PushedWal pushed, CommandWriter commands, Clock clock) {
        return new WalWatch(state, () -> engine.getObject().heartbeats(), pushed, commands, clock);
    }

    @Bean(destroyMethod = "close")
    ArchiveCheck archiveCheck(
            State state, RepositoryAccess repository, CommandWriter commands, Clock clock, FatalExit onFatal) {
        return new ArchiveCheck(state, repository, commands, clock, onFatal);
    }

    @Bean
    RepositoryPlace repositoryPlace(
            @Value("${WALKBACK_REPOSITORY_URL:}") String url,
            @Value("${BACKUP_S3_ENABLED:false}") boolean s3,
            @Value("${BACKUP_S3_BUCKET:walkback}") String bucket,
            @Value("${WALKBACK_COPY_URL:}") String copy,
            @Value("${WALKBACK_KEY:}") String key,
            @Value("${WALKBACK_ENCRYPTION:}") String encryption) {
        return new RepositoryPlace(
                BlobStores.address(url.isBlank() ? null : URI.create(url), s3, bucket),
                copy.isBlank() ? Optional.empty() : Optional.of(URI.create(copy)),
                EncryptionSettings.of(key, encryption));
    }

    @Bean
    RepositoryAccess repositoryAccess(RepositoryPlace place, Clock clock) {
        return new RepositoryAccess(place.url(), place.encryption(), clock);
    }

    @Bean
    SecondPlace secondPlace(RepositoryPlace place, RepositoryAccess first, Clock clock) {
        return new SecondPlace(place.copy(), first, place.encryption(), clock);
    }

    @Bean
    Retentions retentions(State state, RepositoryAccess repository, Clock clock) {
        return new Retentions(state, repository, clock);
    }

    @Bean
    Engine engine(
            KafkaClients clients,
            SchedulerSettings settings,
            Clock clock,
            StateFollower follower,
            State state,
            Registry registry,
            Trigger trigger,
            Reconciler reconciler,
            KeyExpiry keys,
            ExpirySchedule expiries,
            VerificationSchedule verifications,
            CopyWatch copies,
            WalWatch wal,
            ArchiveCheck archive,
            Windows windows,
            GapBackups gaps,
            WindowMetrics windowMetrics,
            Drills drills,
            CommandWriter commands,
            RepositoryAccess repository,
            SecondPlace second,
            Retentions retentions,
            FatalExit onFatal) {
        return new Engine(
                clients,
                settings,
                clock,
                follower,
                state,
                registry,
                trigger,
                reconciler,
                keys,
                expiries,
                verifications,
                copies,
                wal,
                archive,
                windows,
                gaps,
                windowMetrics,
                drills,
                commands,
                repository,
                second,
                retentions,
                onFatal);
    }

    @Bean
    Heartbeats heartbeats(Engine engine) {
        return engine::heartbeats;
    }

    /// Part of readiness: no answers from views that are not complete or that have lost touch.
    @Bean
    HealthIndicator stateHealthIndicator(StateFollower follower) {
        return () -> (follower.isCurrent() ? Health.up() : Health.down())
                .withDetail("caughtUp", follower.hasCaughtUp())
                .build();
    }

    @Bean
    ListenerDeath listenerDeath(FatalExit onFatal) {
        return new ListenerDeath(onFatal);
    }

    /// A listener that stopped without being told takes the process along.
    record ListenerDeath(Consumer<Throwable> onFatal) {
        @EventListener
        void onStopped(ConsumerStoppedEvent event) {
            if (event.getReason() != ConsumerStoppedEvent.Reason.NORMAL) {
                onFatal.accept(new IllegalStateException("listener stopped: " + event.getReason()));
            }
        }
    }
}

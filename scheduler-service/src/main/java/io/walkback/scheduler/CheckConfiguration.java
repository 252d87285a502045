package io.walkback.scheduler;

import io.walkback.checks.CheckId;
import io.walkback.checks.CheckResult;
import io.walkback.checks.CheckStatus;
import io.walkback.checks.DatabaseCheck;
import io.walkback.checks.RepositoryCheck;
import io.walkback.domain.PlatformException;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.messaging.registry.RegistryProbe;
import io.walkback.messaging.topic.TopicAdmin;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.Targets;
import io.walkback.scheduler.api.CheckController;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What `databases check` looks with. Passwords are read at each look, from where the registration says.
@Configuration(proxyBeanMethods = false)
class CheckConfiguration {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    @Bean
    DatabaseCheck databaseCheck(Clock clock) {
        return new DatabaseCheck(new PostgresConnector(CONNECT), new Targets(System::getenv), clock);
    }

    @Bean
    ServerLook serverLook() {
        return new ServerLook(new PostgresConnector(CONNECT), new Targets(System::getenv));
    }

    @Bean
    RepositoryCheck repositoryCheck(RepositoryPlace place, Clock clock) {
        return new RepositoryCheck(place.url(), place.encryption(), clock);
    }

    @Bean
    CheckController.Platform platformChecks(KafkaClients clients, KafkaSettings settings, SchedulerSettings names) {
        String clientId = names.node() + "-check";
        return () -> List.of(
                check(CheckId.REGISTRY, () -> {
                    RegistryProbe.ask(clients.messageProducer(clientId));
                    return "the schema registry answers";
                }),
                check(CheckId.TOPICS, () -> {
                    try (Admin admin = clients.admin(clientId)) {
                        return new TopicAdmin(admin, settings.singleBroker()).check() + " topics are as they must be";
                    }
                }));
    }

    private static CheckResult check(CheckId id, Supplier<String> look) {
        try {
            return new CheckResult(id, CheckStatus.OK, look.get(), null, null);
        } catch (PlatformException fault) {
            return CheckResult.of(id, fault);
        }
    }
}

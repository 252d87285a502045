package io.walkback.scheduler.projection;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.DrillHistory;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.operations.kafka.LogPlaces;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// Opens memberships of one process. Its transactional id is drawn at boot: two processes must never share one, and
/// what a killed process left open is aborted by the broker within the ten seconds that a transaction may last.
public final class ProjectorFactory implements Supplier<ProjectorSession> {
    private final KafkaClients clients;
    private final Function<DatabaseId, Stream<BackupCatalogEntry>> catalog;
    private final Function<DatabaseId, Optional<DrillHistory>> drills;
    private final Clock clock;
    private final String clientId;
    private final String transactionalId;

    /// @param catalog the view of the catalog, read to its end once before the first session
    /// @param drills  the view of past rehearsals, likewise
    /// @param clock   says which operations are old enough to be forgotten
    public ProjectorFactory(
            KafkaClients clients,
            String node,
            Function<DatabaseId, Stream<BackupCatalogEntry>> catalog,
            Function<DatabaseId, Optional<DrillHistory>> drills,
            Clock clock) {
        this.clients = clients;
        this.catalog = catalog;
        this.drills = drills;
        this.clock = clock;
        this.clientId = node + "-projector";
        this.transactionalId = "projector-" + UUID.randomUUID();
    }

    @Override
    public ProjectorSession get() {
        Admin admin = clients.admin(clientId);
        @Nullable Consumer<String, Object> reader = null;
        @Nullable Consumer<String, Object> member = null;
        @Nullable Producer<String, Object> producer = null;
        try {
            String topicId = new LogPlaces(admin).topicId();
            reader = clients.reader(clientId + "-snapshot");
            Map<String, Object> config = clients.messageConsumer(clientId);
            config.put(ConsumerConfig.GROUP_ID_CONFIG, LogPlaces.PROJECTOR_GROUP);
            // A record that is gone must be noticed, not skipped.
            config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
            config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
            // A killed instance loses its partitions after this, no later than its open transaction is aborted.
            config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
            config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
            member = new KafkaConsumer<>(config);
            producer = clients.transactional(clientId, transactionalId);
            return new ProjectorSession(member, producer, new Restorer(admin, reader), topicId, catalog, drills, clock);
        } catch (RuntimeException fault) {
            close(producer, member, reader, admin);
            throw fault;
        }
    }

    static void close(@Nullable AutoCloseable... parts) {
        for (AutoCloseable part : parts) {
            if (part != null) {
                try {
                    part.close();
                } catch (Exception fault) {
                    throw new IllegalStateException("a Kafka client did not close", fault);
                }
            }
        }
    }
}

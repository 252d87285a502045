package io.walkback.scheduler.projection;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.window.KeptBackup;
import io.walkback.messaging.client.KafkaClients;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// Opens memberships of one process in the group that keeps the WAL index.
public final class WindowFactory implements Supplier<WindowSession> {
    private static final String GROUP = "walkback.windows";

    private final KafkaClients clients;
    private final Function<DatabaseId, Collection<KeptBackup>> backups;
    private final Clock clock;
    private final String clientId;
    private final String transactionalId = "windows-" + UUID.randomUUID();

    /// @param backups by the view of the catalog, read to its end once before the first session
    public WindowFactory(
            KafkaClients clients, String node, Function<DatabaseId, Collection<KeptBackup>> backups, Clock clock) {
        this.clients = clients;
        this.backups = backups;
        this.clock = clock;
        this.clientId = node + "-windows";
    }

    @Override
    public WindowSession get() {
        Admin admin = clients.admin(clientId);
        @Nullable Consumer<String, Object> reader = null;
        @Nullable Consumer<String, Object> member = null;
        @Nullable Producer<String, Object> producer = null;
        try {
            reader = clients.reader(clientId + "-snapshot");
            Map<String, Object> config = clients.messageConsumer(clientId);
            config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
            // Partitions of one number, of all topics, are one member's: it alone writes that number's index.
            config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
            config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
            config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
            member = new KafkaConsumer<>(config);
            producer = clients.transactional(clientId, transactionalId);
            return new WindowSession(member, producer, new WindowRestorer(admin, reader), backups, clock);
        } catch (RuntimeException fault) {
            ProjectorFactory.close(producer, member, reader, admin);
            throw fault;
        }
    }
}

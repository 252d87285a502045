package io.walkback.tail;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.topic.TopicAdmin;
import io.walkback.repository.layout.Lineage;
import io.walkback.schemas.TopicSpec;
import io.walkback.schemas.Topics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// The tails of all databases. Thread-safe; opens nothing by itself. Remembers which topics it found good.
public final class WalTails {
    /// Commits may be waiting while this is asked, and WAL can be received without an answer.
    private static final long ANSWER_SECONDS = 5;

    private final KafkaClients clients;
    private final boolean singleBroker;
    private final Set<DatabaseId> good = ConcurrentHashMap.newKeySet();

    /// @param singleBroker one copy of each record is enough, because somebody says so
    public WalTails(KafkaClients clients, boolean singleBroker) {
        this.clients = clients;
        this.singleBroker = singleBroker;
    }

    /// Makes the tail's topic where it is missing, and checks it. `TOPIC_MISCONFIGURED` where fewer than three
    /// brokers hold each record, fewer than two must have it before it is acknowledged, or any record could go by
    /// its age: nothing may then be told to PostgreSQL.
    public void ensure(DatabaseId database) {
        if (!good.contains(database)) {
            try (Admin admin = clients.admin("wal-tail-" + database)) {
                new TopicAdmin(admin, singleBroker).ensure(List.of(topic(database)));
            }
            good.add(database);
        }
    }

    /// A writer for one connection and timeline, after [#ensure].
    public TailWriter writer(DatabaseId database, Lineage lineage, TimelineId timeline, TailWriter.Listener listener) {
        return new TailWriter(
                clients.tail("wal-tail-" + database), topic(database).name(), lineage, timeline, listener);
    }

    /// The tail for reading; empty where there is none.
    public Optional<TailLog> find(DatabaseId database) {
        String topic = topic(database).name();
        Admin admin = clients.admin("wal-tail-" + database);
        try {
            if (!exists(admin, topic)) {
                admin.close();
                return Optional.empty();
            }
            return Optional.of(new TailLog(clients.bytes("wal-tail-" + database), admin, topic));
        } catch (RuntimeException fault) {
            admin.close();
            throw fault;
        }
    }

    private static boolean exists(Admin admin, String topic) {
        try {
            var _ = admin.describeTopics(List.of(topic)).allTopicNames().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw away(topic, failed);
        } catch (TimeoutException late) {
            throw away(topic, late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw away(topic, interrupted);
        }
    }

    private static RetryableException away(String topic, Throwable cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "the brokers did not say whether there is a topic '" + topic + "': " + cause.getMessage(),
                "Check that the brokers run and can be reached, and that this account may describe the topic.",
                cause);
    }

    private static TopicSpec topic(DatabaseId database) {
        return Topics.walTail(database.value());
    }
}

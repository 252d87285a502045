package io.walkback.tail;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.topic.TopicAdmin;
import io.walkback.repository.layout.Lineage;
import io.walkback.schemas.TopicSpec;
import io.walkback.schemas.Topics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// The tails of all databases on Kafka. Thread-safe; opens nothing by itself.
public final class WalTails implements TailTopics {
    /// Commits may be waiting while this is asked, and WAL can be received without an answer.
    private static final long ANSWER_SECONDS = 5;

    private final KafkaClients clients;
    private final boolean singleBroker;

    /// @param singleBroker one copy of each record is enough, because somebody says so
    public WalTails(KafkaClients clients, boolean singleBroker) {
        this.clients = clients;
        this.singleBroker = singleBroker;
    }

    @Override
    public void ensure(DatabaseId database) {
        TopicSpec topic = topic(database);
        try (Admin admin = made(() -> clients.admin(name(database)))) {
            // Asked with less patience than the check that follows has.
            var _ = exists(admin, topic.name());
            new TopicAdmin(admin, singleBroker).ensure(List.of(topic));
        }
    }

    @Override
    public TailWriter writer(DatabaseId database, Lineage lineage, TimelineId timeline, TailWriter.Listener listener) {
        return new TailWriter(
                made(() -> clients.tail(name(database))), topic(database).name(), lineage, timeline, listener);
    }

    @Override
    public Optional<TailLog> find(DatabaseId database) {
        String topic = topic(database).name();
        Admin admin = made(() -> clients.admin(name(database)));
        try {
            if (!exists(admin, topic)) {
                admin.close();
                return Optional.empty();
            }
            return Optional.of(new KafkaTailLog(made(() -> clients.bytes(name(database))), admin, topic));
        } catch (RuntimeException fault) {
            admin.close();
            throw fault;
        }
    }

    private static String name(DatabaseId database) {
        return "wal-tail-" + database;
    }

    /// A client resolves the names of its brokers when it is made, and cannot be made while none resolves.
    private static <T> T made(Supplier<T> client) {
        try {
            return client.get();
        } catch (KafkaException fault) {
            Throwable cause = fault.getCause() == null ? fault : fault.getCause();
            throw new RetryableException(
                    FailureCode.BROKER_UNAVAILABLE,
                    "no client of the brokers can be made: " + cause.getMessage(),
                    "Check WALKBACK_KAFKA_BOOTSTRAP_SERVERS, and that its names resolve on this host.",
                    fault);
        }
    }

    private static boolean exists(Admin admin, String topic) {
        try {
            var _ = admin.describeTopics(List.of(topic)).allTopicNames().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException failed) {
            return switch (failed.getCause()) {
                case UnknownTopicOrPartitionException _ -> false;
                case AuthorizationException refused -> throw forbidden(topic, refused);
                case null, default -> throw away(topic, failed);
            };
        } catch (TimeoutException late) {
            throw away(topic, late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw away(topic, interrupted);
        }
    }

    private static OperatorActionException forbidden(String topic, AuthorizationException refused) {
        return new OperatorActionException(
                FailureCode.TOPIC_MISCONFIGURED,
                "the brokers do not tell this account whether there is a topic '" + topic + "': "
                        + refused.getMessage(),
                "Let this account describe and read topics whose names begin with 'wal-tail.' (docs/wal-streaming.md):"
                        + " commits that clients were told are safe may lie there. A restore to a time or a position"
                        + " does not need it.",
                refused);
    }

    private static RetryableException away(String topic, Throwable cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE,
                "the brokers did not say whether there is a topic '" + topic + "': " + cause.getMessage(),
                "Check that the brokers run and can be reached.",
                cause);
    }

    private static TopicSpec topic(DatabaseId database) {
        return Topics.walTail(database.value());
    }
}

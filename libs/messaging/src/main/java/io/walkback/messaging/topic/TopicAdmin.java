package io.walkback.messaging.topic;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.schemas.TopicSpec;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes missing topics and checks those that are there, at the start of each service. Several services may do so
/// at once.
///
/// Failures: `BROKER_UNAVAILABLE`, retryable; `TOPIC_MISCONFIGURED` with every fault that was found.
public final class TopicAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(TopicAdmin.class);
    private static final Duration ANSWER = Duration.ofSeconds(25);
    private static final Duration VISIBLE = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final short REPLICAS = 3;

    private final Admin admin;
    private final boolean singleBroker;

    /// @param admin the caller closes it
    /// @param singleBroker one copy of each record is enough: for tests, demonstrations, and whoever says so
    public TopicAdmin(Admin admin, boolean singleBroker) {
        this.admin = admin;
        this.singleBroker = singleBroker;
    }

    /// Makes and checks all topics of [Topics#withDeadLetters].
    public void ensure() {
        ensure(Topics.withDeadLetters());
    }

    /// Makes and checks these topics. When it returns, each has a leader for every partition.
    public void ensure(Collection<TopicSpec> specs) {
        Set<String> present = answer(admin.listTopics().names());
        List<TopicSpec> missing =
                specs.stream().filter(spec -> !present.contains(spec.name())).toList();
        create(missing);
        Map<String, TopicDescription> described = awaitLeaders(specs);
        List<String> faults = faults(specs, described);
        if (!faults.isEmpty()) {
            throw misconfigured(String.join("; ", faults));
        }
        LOG.atInfo()
                .addKeyValue("topics", specs.size())
                .addKeyValue("created", missing.size())
                .log("topics are as they must be");
    }

    /// Looks whether every topic is there and as it must be. Makes and changes nothing.
    ///
    /// @return how many topics that are
    public int check() {
        Collection<TopicSpec> specs = Topics.withDeadLetters();
        Set<String> present = answer(admin.listTopics().names());
        List<TopicSpec> there =
                specs.stream().filter(spec -> present.contains(spec.name())).toList();
        List<String> names = there.stream().map(TopicSpec::name).toList();
        List<String> faults = new ArrayList<>();
        specs.stream()
                .filter(spec -> !present.contains(spec.name()))
                .forEach(spec -> faults.add("topic '" + spec.name() + "' is missing"));
        faults.addAll(faults(there, answer(admin.describeTopics(names).allTopicNames())));
        if (!faults.isEmpty()) {
            throw misconfigured(String.join("; ", faults));
        }
        return there.size();
    }

    private void create(List<TopicSpec> missing) {
        if (missing.isEmpty()) {
            return;
        }
        List<NewTopic> made = missing.stream().map(this::topic).toList();
        admin.createTopics(made).values().forEach((name, created) -> {
            try {
                created.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof InvalidReplicationFactorException) {
                    throw misconfigured("the cluster has "
                            + answer(admin.describeCluster().nodes()).size() + " brokers, topic '" + name + "' needs "
                            + REPLICAS + " for " + REPLICAS + " copies of each record");
                }
                if (!(failed.getCause() instanceof TopicExistsException)) {
                    throw refused("topic '" + name + "' could not be made", failed);
                }
                // Another service was quicker, or the broker that listed the topics had not heard of this one yet: the
                // controller knows. What is there is checked like everything else.
            } catch (TimeoutException | InterruptedException away) {
                throw refused("topic '" + name + "' could not be made", away);
            }
        });
    }

    private NewTopic topic(TopicSpec spec) {
        Map<String, String> settings = new HashMap<>(spec.configuration());
        settings.put("min.insync.replicas", singleBroker ? "1" : "2");
        return new NewTopic(spec.name(), spec.partitions(), singleBroker ? 1 : REPLICAS).configs(settings);
    }

    private Map<String, TopicDescription> awaitLeaders(Collection<TopicSpec> specs) {
        List<String> names = specs.stream().map(TopicSpec::name).toList();
        long deadline = System.nanoTime() + VISIBLE.toNanos();
        while (true) {
            try {
                Map<String, TopicDescription> found =
                        answer(admin.describeTopics(names).allTopicNames());
                if (found.values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .allMatch(partition -> partition.leader() != null
                                && !partition.leader().isEmpty())) {
                    return found;
                }
            } catch (RetryableException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
            }
            if (System.nanoTime() > deadline) {
                throw unavailable("partitions without a leader after " + VISIBLE.toSeconds() + " s", null);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private List<String> faults(Collection<TopicSpec> specs, Map<String, TopicDescription> described) {
        List<ConfigResource> resources = specs.stream()
                .map(spec -> new ConfigResource(ConfigResource.Type.TOPIC, spec.name()))
                .toList();
        Map<ConfigResource, Config> configs =
                answer(admin.describeConfigs(resources).all());
        List<String> faults = new ArrayList<>();
        for (TopicSpec spec : specs) {
            TopicDescription topic = described.get(spec.name());
            Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, spec.name()));
            if (topic == null || config == null) {
                faults.add("topic '" + spec.name() + "' went away");
            } else {
                faults.addAll(TopicCheck.faults(spec, topic, config, singleBroker));
            }
        }
        return faults;
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException failed) {
            throw refused("the brokers did not answer about topics", failed);
        }
    }

    private static PlatformException refused(String message, Exception failed) {
        if (failed instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        Throwable cause =
                failed instanceof ExecutionException && failed.getCause() != null ? failed.getCause() : failed;
        if (failed instanceof ExecutionException && !(cause instanceof RetriableException)) {
            return new OperatorActionException(
                    FailureCode.TOPIC_MISCONFIGURED,
                    message + ": " + cause.getMessage(),
                    "Check what this account may do on the cluster, and that the cluster can hold the topic.",
                    cause);
        }
        return unavailable(message + ": " + cause.getMessage(), cause);
    }

    private static RetryableException unavailable(String message, @Nullable Throwable cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE, message, "Check that the brokers run and can be reached.", cause);
    }

    private static OperatorActionException misconfigured(String faults) {
        return new OperatorActionException(
                FailureCode.TOPIC_MISCONFIGURED,
                faults,
                "Put the topics right as docs/topics.md has them; where one broker is all there is, say so with"
                        + " walkback.kafka.single-broker=true.");
    }
}

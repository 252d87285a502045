package io.walkback.messaging.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.messaging.real.RealKafka;
import io.walkback.schemas.Cleanup;
import io.walkback.schemas.TopicSpec;
import io.walkback.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicAdminIT {
    @TempDir
    private Path state = Path.of("");

    private final Admin admin = RealKafka.clients(Path.of("unused")).admin("topic-admin-it");

    @AfterEach
    void disconnect() {
        admin.close();
    }

    @Test
    void everyTopicIsMadeOnceAndAcceptedAgain() throws Exception {
        // Given
        TopicAdmin topics = new TopicAdmin(admin, true);
        // When
        topics.ensure();
        topics.ensure();
        // Then
        assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS))
                .containsAll(
                        Topics.withDeadLetters().stream().map(TopicSpec::name).toList());
        var described = admin.describeTopics(List.of("operation-log", "operations"))
                .allTopicNames()
                .get(30, TimeUnit.SECONDS);
        assertThat(described.values())
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(12));
    }

    @Test
    void anOperationLogThatSomebodyMadeCompactedIsRefused() {
        // Given
        TopicSpec log = spec("it-compacted", 2, Cleanup.DELETE, Duration.ofDays(90));
        make(log, 2, Map.of("cleanup.policy", "compact"));
        // When, Then
        refused(log, "topic 'it-compacted' has cleanup.policy=compact, not delete");
    }

    @Test
    void allThatIsWrongIsNamedAtOnce() {
        // Given
        TopicSpec log = spec("it-short", 3, Cleanup.DELETE, Duration.ofDays(90));
        make(log, 2, Map.of("retention.ms", "1000", "retention.bytes", "5000", "max.message.bytes", "100"));
        // When, Then
        refused(
                log,
                "has 2 partitions, not 3",
                "has retention.ms=1000, less than 7776000000",
                "has retention.bytes=5000, less than no limit",
                "has max.message.bytes=100, less than 1048576");
    }

    @Test
    void aTopicThatKeepsMoreThanWeAskForIsFine() {
        // Given
        TopicSpec log = spec("it-generous", 2, Cleanup.DELETE, Duration.ofDays(90));
        make(log, 2, Map.of("retention.ms", "-1", "max.message.bytes", "5000000"));
        // When, Then
        assertThatCode(() -> new TopicAdmin(admin, true).ensure(List.of(log))).doesNotThrowAnyException();
    }

    @Test
    void tombstonesThatVanishTooSoonAreRefused() {
        // Given
        TopicSpec compacted = spec("it-tombstones", 2, Cleanup.COMPACT, Duration.ofDays(7));
        make(compacted, 2, Map.of("cleanup.policy", "compact", "delete.retention.ms", "1000"));
        // When, Then
        refused(compacted, "has delete.retention.ms=1000, less than 604800000");
    }

    @Test
    void oneBrokerIsNotEnoughUnlessSomebodySaysSo() {
        // Given
        TopicSpec there = spec("it-one-copy", 2, Cleanup.DELETE, Duration.ofDays(90));
        make(there, 2, Map.of("retention.ms", "-1", "unclean.leader.election.enable", "true"));
        TopicSpec missing = spec("it-not-made", 2, Cleanup.DELETE, Duration.ofDays(90));
        TopicAdmin strict = new TopicAdmin(admin, false);
        // When, Then
        assertThatThrownBy(() -> strict.ensure(List.of(there)))
                .hasMessageContaining("has 1 replicas, fewer than 3")
                .hasMessageContaining("has min.insync.replicas=1, less than 2")
                .hasMessageContaining("allows unclean leader election");
        assertThatThrownBy(() -> strict.ensure(List.of(missing)))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.hint())
                        .contains("walkback.kafka.single-broker=true"))
                .hasMessageContaining("the cluster has 1 brokers");
    }

    @Test
    void brokersThatAreAwayCanBeAskedAgain() {
        KafkaClients nobody =
                new KafkaClients(new KafkaSettings("127.0.0.1:1", "http://127.0.0.1:1", state, true, Map.of()));
        try (Admin away = nobody.admin("nobody")) {
            assertThatThrownBy(() -> new TopicAdmin(away, true).ensure()).isInstanceOf(RetryableException.class);
        }
    }

    private void refused(TopicSpec spec, String... messages) {
        assertThatThrownBy(() -> new TopicAdmin(admin, true).ensure(List.of(spec)))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.TOPIC_MISCONFIGURED))
                .hasMessageContainingAll(messages);
    }

    private void make(TopicSpec spec, int partitions, Map<String, String> settings) {
        try {
            admin.createTopics(List.of(new NewTopic(spec.name(), partitions, (short) 1).configs(settings)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static TopicSpec spec(String name, int partitions, Cleanup cleanup, Duration retention) {
        return new TopicSpec(
                name,
                TopicSpec.Group.LOG,
                "database",
                partitions,
                cleanup,
                retention,
                Duration.ZERO,
                List.of(),
                null,
                "");
    }
}

package io.walkback.alerting.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.RebalanceProtocol;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SoleOwnerAssignorTest {
    private static final List<String> TOPICS = List.of("backup-failed", "restore-failed");
    private static final List<TopicPartition> ALL = List.of(
            new TopicPartition("backup-failed", 0),
            new TopicPartition("backup-failed", 1),
            new TopicPartition("restore-failed", 0));

    private final Map<String, Subscription> members = new HashMap<>();

    @Test
    void oneMemberGetsEverythingAndTheOthersNothing() {
        // Given
        member("b", -1, List.of());
        member("a", -1, List.of());
        // When
        Map<String, Assignment> assigned = assign();
        // Then
        assertThat(assigned.get("a")).extracting(Assignment::partitions).isEqualTo(ALL);
        assertThat(assigned.get("b")).extracting(Assignment::partitions).isEqualTo(List.of());
    }

    @Test
    void whoeverHasThePartitionsKeepsThemWhenOthersCome() {
        // Given
        member("z", 4, ALL);
        member("a", -1, List.of());
        // When
        Map<String, Assignment> assigned = assign();
        // Then
        assertThat(assigned.get("z")).extracting(Assignment::partitions).isEqualTo(ALL);
    }

    @Test
    void aMemberWithAnOldGenerationLosesAndNothingIsGivenBeforeItLetGo() {
        // Given
        member("zombie", 3, ALL);
        member("now", 4, List.of());
        // When
        Map<String, Assignment> first = assign();
        // Then
        assertThat(first.get("zombie")).extracting(Assignment::partitions).isEqualTo(List.of());
        assertThat(first.get("now")).extracting(Assignment::partitions).isEqualTo(List.of());
        member("zombie", 5, List.of());
        member("now", 5, List.of());
        assertThat(assign().values().stream()
                        .mapToInt(part -> part.partitions().size())
                        .max())
                .hasValue(3);
    }

    @Test
    void ownersAreNeverAskedToGiveBackWhatTheyKeep() {
        assertThat(new SoleOwnerAssignor().supportedProtocols()).containsExactly(RebalanceProtocol.COOPERATIVE);
        assertThat(new SoleOwnerAssignor().name()).isEqualTo("walkback-sole-owner");
    }

    private void member(String id, int generation, List<TopicPartition> owned) {
        members.put(id, new Subscription(TOPICS, null, owned, generation, Optional.empty()));
    }

    private Map<String, Assignment> assign() {
        Node node = new Node(1, "localhost", 9092);
        List<PartitionInfo> partitions = new ArrayList<>();
        ALL.forEach(part -> partitions.add(
                new PartitionInfo(part.topic(), part.partition(), node, new Node[] {node}, new Node[] {node})));
        Cluster cluster = new Cluster("c", List.of(node), partitions, Set.of(), Set.of());
        return new SoleOwnerAssignor()
                .assign(cluster, new GroupSubscription(members))
                .groupAssignment();
    }
}

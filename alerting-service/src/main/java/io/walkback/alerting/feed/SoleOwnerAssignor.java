package io.walkback.alerting.feed;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;

/// Gives every partition to one member of the group and lets the others wait. Whoever has them keeps them, so that
/// a process which starts or stops elsewhere interrupts nobody.
public final class SoleOwnerAssignor implements ConsumerPartitionAssignor {
    @Override
    public String name() {
        return "walkback-sole-owner";
    }

    /// Cooperative: an owner that stays an owner is never asked to give anything back.
    @Override
    public List<RebalanceProtocol> supportedProtocols() {
        return List.of(RebalanceProtocol.COOPERATIVE);
    }

    @Override
    public GroupAssignment assign(Cluster metadata, GroupSubscription group) {
        Map<String, Subscription> members = group.groupSubscription();
        Map<String, Assignment> assignments = new HashMap<>();
        members.keySet().forEach(member -> assignments.put(member, new Assignment(List.of())));
        members.entrySet().stream()
                .max(Comparator.<Map.Entry<String, Subscription>>comparingInt(
                                member -> member.getValue().generationId().orElse(-1))
                        .thenComparingInt(
                                member -> member.getValue().ownedPartitions().size())
                        .thenComparing(
                                Map.Entry.<String, Subscription>comparingByKey().reversed()))
                .ifPresent(
                        owner -> assignments.put(owner.getKey(), new Assignment(everything(metadata, members, owner))));
        return new GroupAssignment(assignments);
    }

    /// All partitions but those that somebody else still holds: they come in the round after he has let them go.
    private static List<TopicPartition> everything(
            Cluster metadata, Map<String, Subscription> members, Map.Entry<String, Subscription> owner) {
        Set<TopicPartition> heldByOthers = members.entrySet().stream()
                .filter(member -> !member.getKey().equals(owner.getKey()))
                .flatMap(member -> member.getValue().ownedPartitions().stream())
                .collect(Collectors.toSet());
        return owner.getValue().topics().stream()
                .sorted()
                .flatMap(topic -> metadata.partitionsForTopic(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .filter(partition -> !heldByOthers.contains(partition))
                .toList();
    }
}

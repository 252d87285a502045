package io.walkback.messaging.topic;

import io.walkback.schemas.Cleanup;
import io.walkback.schemas.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;

/// What is wrong with one topic that exists. Settings that are stricter than ours are welcome.
final class TopicCheck {
    private static final int REPLICAS = 3;
    private static final int IN_SYNC = 2;

    private final String name;
    private final Config config;
    private final List<String> faults = new ArrayList<>();

    private TopicCheck(String name, Config config) {
        this.name = name;
        this.config = config;
    }

    static List<String> faults(TopicSpec spec, TopicDescription topic, Config config, boolean singleBroker) {
        TopicCheck check = new TopicCheck(spec.name(), config);
        check.shape(spec, topic);
        check.retention(spec);
        if (!singleBroker) {
            check.durability(topic);
        }
        return check.faults;
    }

    private void shape(TopicSpec spec, TopicDescription topic) {
        if (topic.partitions().size() != spec.partitions()) {
            fault("has " + topic.partitions().size() + " partitions, not " + spec.partitions());
        }
        if (!value("cleanup.policy").equals(spec.cleanup().policy())) {
            fault("has cleanup.policy=" + value("cleanup.policy") + ", not "
                    + spec.cleanup().policy());
        }
        atLeast("max.message.bytes", TopicSpec.MAX_MESSAGE_BYTES);
    }

    private void retention(TopicSpec spec) {
        long wanted = spec.keptForever() ? Long.MAX_VALUE : spec.retention().toMillis();
        if (spec.cleanup() == Cleanup.DELETE) {
            atLeast("retention.ms", wanted);
            atLeast("retention.bytes", Long.MAX_VALUE);
        } else {
            atLeast("delete.retention.ms", wanted);
        }
    }

    private void durability(TopicDescription topic) {
        int replicas = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        if (replicas < REPLICAS) {
            fault("has " + replicas + " replicas, fewer than " + REPLICAS);
        }
        atLeast("min.insync.replicas", IN_SYNC);
        if (!value("unclean.leader.election.enable").equals("false")) {
            fault("allows unclean leader election");
        }
    }

    /// Negative is what Kafka writes for "no limit".
    private void atLeast(String setting, long wanted) {
        long there = Long.parseLong(value(setting));
        if (there >= 0 && there < wanted) {
            fault("has " + setting + "=" + there + ", less than " + (wanted == Long.MAX_VALUE ? "no limit" : wanted));
        }
    }

    private String value(String setting) {
        ConfigEntry entry = config.get(setting);
        if (entry == null || entry.value() == null) {
            throw new IllegalStateException("the broker does not say " + setting + " of topic '" + name + "'");
        }
        return entry.value();
    }

    private void fault(String what) {
        faults.add("topic '" + name + "' " + what);
    }
}
